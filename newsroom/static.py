"""Static files under names that carry their hash, so that a browser may keep them for ever."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedStaticFiles(ManifestStaticFilesStorage):
    # Modules import one another by hashed names as well.
    support_js_module_import_aggregation = True
