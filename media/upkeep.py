"""Upkeep: what is done from time to time, whatever happens meanwhile."""

import logging

from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)


def tidy() -> None:
    """Call everything in settings.SWEEPS; what one of them meets does not stop the others."""
    for name in settings.SWEEPS:
        try:
            import_string(name)()
        except Exception:
            logger.exception("%s did not end well: it is called again the next time", name)
