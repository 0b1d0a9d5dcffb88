"""The archive's desk: footage, custody and fixity, clips and their transcripts, and the jobs."""

from django.contrib import admin

from media.admin.clips import ClipAdmin
from media.admin.custody import CustodyAdmin
from media.admin.fixity import FixityAdmin
from media.admin.footage import FootageAdmin
from media.admin.transcripts import TranscriptAdmin
from media.job_list import JobAdmin
from media.models import Job

__all__ = [
    "ClipAdmin",
    "CustodyAdmin",
    "FixityAdmin",
    "FootageAdmin",
    "JobAdmin",
    "TranscriptAdmin",
]

admin.site.site_header = "Newsroom"
admin.site.site_title = "Newsroom"
admin.site.index_title = "The desk"
admin.site.register(Job, JobAdmin)
