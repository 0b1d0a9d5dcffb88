"""Nothing of the source leaves: a scan of the very bytes that are about to become public.

It shares no code with the programs that make those bytes. Each format has a list of what a file
may hold, and anything else is a finding; then the words of the original are searched in all of
it. ``scan_package`` scans files that belong together, ``scan`` one of them; ``text_values`` and
``marks_from`` gather the words to look for.
"""

from media.core.leaks.findings import Finding
from media.core.leaks.marks import WRITTEN_BY_US, Marks, marks_from
from media.core.leaks.originals import text_values
from media.core.leaks.samples import Track, tracks_of
from media.core.leaks.scanning import Opener, scan, scan_package

VERSION = 2
"""Raised with every rule that becomes stricter: what was clean before may not be so any more."""

__all__ = [
    "VERSION",
    "WRITTEN_BY_US",
    "Finding",
    "Marks",
    "Opener",
    "Track",
    "marks_from",
    "scan",
    "scan_package",
    "text_values",
    "tracks_of",
]
