"""What the web server runs: the public files first, Django behind them."""

import os
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.core.wsgi import get_wsgi_application

from newsroom import orphans
from newsroom.front import PublicFiles, policy_text

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
orphans.end_with_the_service()
application = get_wsgi_application()
public = storages["public"]
if isinstance(public, FileSystemStorage):
    policy = policy_text(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])
    application = PublicFiles(application, Path(public.location), policy=policy)
