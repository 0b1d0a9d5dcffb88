"""The bench: what Newsroom's pipeline costs, beside other ways to the same files.

Run it with ``make bench``. Importing any of it makes Django ready, in the data folder that the
environment names.
"""

import os

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()
