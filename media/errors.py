"""Failures that a person can meet. Each is one sentence that says what to do next.

NewsroomError
├── Rejected           footage, or a picture, that cannot be used
├── EncodingFailed     a package that could not be made
├── LeakFound          a file that may not become public
├── NotCleared         something that stands between a story and its readers
└── MayPass            what can be otherwise in a minute: a full disk, a store that is away
"""


class NewsroomError(Exception):
    """``str(error)`` is the sentence for the person; details are in the log."""


class Rejected(NewsroomError):
    pass


class EncodingFailed(NewsroomError):
    pass


class LeakFound(NewsroomError):
    pass


class NotCleared(NewsroomError):
    pass


class MayPass(NewsroomError):
    """Work that ends with it is tried again, later each time; its sentence is shown meanwhile."""
