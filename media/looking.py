"""Looking at redactions: a second person sees that they hide what they are to hide."""

from django.contrib.auth.models import User

from media.errors import NotCleared
from media.models import Clip, Look


def look(clip: Clip, *, by: User) -> Look:
    """Write down that somebody looked at the clip's redactions as they are burnt in now.

    Raises NotCleared where there is nothing to look at, or for who said what is to be hidden.
    """
    package = clip.current_package
    if not clip.hides or package is None or package.hides != clip.hides:
        raise NotCleared("What is to be hidden is not hidden yet: look when the package is made.")
    if by.get_username() == clip.hidden_by:
        raise NotCleared("You said what is to be hidden here: somebody else has to look at it.")
    return Look.objects.create(clip=clip, actor=by.get_username(), hides=clip.hides)
