"""What the archive keeps: footage, clips, packages, transcripts, pictures, custody, jobs."""

from media.models.append_only import AppendOnly
from media.models.chunk import Chunk
from media.models.clip import Clip, Redaction, Warning
from media.models.custody import CustodyEvent
from media.models.fixity import FixityCheck, Manifest
from media.models.footage import Footage
from media.models.job import Job
from media.models.likeness import Frames, Likeness
from media.models.look import Look
from media.models.package import Package, Rendition
from media.models.picture import Picture
from media.models.purge import Purge
from media.models.relation import Relation
from media.models.saved_filter import SavedFilter
from media.models.transcript import Cue, Transcript
from media.models.upload import Upload
from media.models.waveform import Waveform

__all__ = [
    "AppendOnly",
    "Chunk",
    "Clip",
    "Cue",
    "CustodyEvent",
    "FixityCheck",
    "Footage",
    "Frames",
    "Job",
    "Likeness",
    "Look",
    "Manifest",
    "Package",
    "Picture",
    "Purge",
    "Redaction",
    "Relation",
    "Rendition",
    "SavedFilter",
    "Transcript",
    "Upload",
    "Warning",
    "Waveform",
]
