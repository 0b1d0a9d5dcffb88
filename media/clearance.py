"""Clearance of clips: what stands between a clip and its readers, and where it is mended."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse

from media import fixity
from media.core.fingerprints import fingerprint
from media.core.territories import countries, reaches
from media.models import Clip, Footage, Job, Transcript
from media.progress import newest_job

LOOKED_AT = "redactions looked at by a second person"
# Addresses below a story's own that are not a clip's.
TAKEN = frozenset({"find"})
WORDS = (Transcript.Kind.CAPTIONS, Transcript.Kind.SUBTITLES)


class Weight(Enum):
    """What a red check takes to be passed over, beside mending it.

    ASKS: a reason; on the command line nobody is asked. STOPS: a reason that a person wrote.
    NEVER: nothing.
    """

    ASKS = "asks"
    STOPS = "stops"
    NEVER = "never"


@dataclass(frozen=True)
class Answer:
    """What somebody wrote who answers for a red check."""

    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True)
class Check:
    """One line of the list: green, or red with the reason and the address where to mend it.

    ``key`` names the check within its story. ``about`` stands for what it saw when it turned red:
    an answer counts for that, and for nothing that was written later.
    """

    key: str
    subject: str
    name: str
    reason: str = ""
    url: str = ""
    weight: Weight = Weight.NEVER
    about: str = ""
    answer: Answer | None = None

    @property
    def is_green(self) -> bool:
        return not self.reason

    @property
    def stops(self) -> bool:
        return bool(self.reason) and self.answer is None

    @property
    def can_be_answered(self) -> bool:
        return bool(self.reason) and self.weight is not Weight.NEVER

    @property
    def is_open(self) -> bool:
        """Red, and waiting for somebody who answers for it."""
        return self.stops and self.can_be_answered

    def answered(self, answer: Answer | None) -> "Check":
        return replace(self, answer=answer)


def judge(
    key: str,
    subject: str,
    name: str,
    reason: str,
    url: str,
    *,
    weight: Weight = Weight.NEVER,
    facts: tuple[object, ...] = (),
) -> Check:
    """A check that is green where there is no reason against it."""
    if not reason:
        return Check(key, subject, name)
    return Check(key, subject, name, reason, url, weight, fingerprint(key, reason, *facts))


def subject_of(clip: Clip) -> str:
    return f"Clip “{clip}”"


def clip_check(
    clip: Clip, name: str, reason: str, *, place: str = "", weight: Weight = Weight.NEVER
) -> Check:
    """A check about a clip as it is cut now; ``place`` is a field of its page, or an address."""
    url = place if place.startswith("/") else f"{clip.get_admin_url()}{place}"
    return judge(
        f"clip {clip.public_id}: {name}",
        subject_of(clip),
        name,
        reason,
        url,
        weight=weight,
        facts=(clip.in_ms, clip.out_ms),
    )


def with_all_facts(clips: list[Clip]) -> list[Clip]:
    """The same clips, with all that their checks ask, in a number of queries that does not grow."""
    live = Prefetch("transcripts", Transcript.objects.live())
    prefetch_related_objects(clips, "footage__fixity", "current_package__fixity", "warnings", live)
    prefetch_related_objects(clips, "looks")
    return clips


def clip_checks(clip: Clip, *, on: date) -> Iterator[Check]:
    """Every check of a clip, see ``with_all_facts``, that is to be public on a day."""
    footage = reverse("admin:media_footage_change", args=[clip.footage_id])
    yield clip_check(clip, "encoded and verified", _unmade(clip))
    yield clip_check(clip, "not withdrawn", _withdrawn(clip))
    yield clip_check(clip, "original and files are whole", _damage(clip))
    if clip.slug in TAKEN:
        reason = f"“{clip.slug}” is the address of another page: give the clip “{clip}” its own."
        yield clip_check(clip, "address", reason, place="#id_slug")
    weight, reason = _consent(clip)
    yield clip_check(
        clip, "consent of the source", reason, place=f"{footage}#id_consent", weight=weight
    )
    weight, reason = _rights(clip, on)
    yield clip_check(
        clip,
        "rights on the day and for the territory",
        reason,
        place=f"{footage}#id_rights_holder",
        weight=weight,
    )
    yield clip_check(
        clip,
        "content warnings decided",
        _warnings(clip),
        place="#id_needs_no_warning",
        weight=Weight.ASKS,
    )
    yield clip_check(
        clip, "captions", _captions(clip), place="#id_has_no_speech", weight=Weight.ASKS
    )
    yield from _redactions(clip)
    yield from _scan(clip)


def _unmade(clip: Clip) -> str:
    if clip.current_package_id is not None:
        return ""
    job = newest_job(clip)
    if job is not None and job.state == Job.State.FAILED:
        return f"The clip “{clip}” could not be made: {job.reason}"
    return f"The clip “{clip}” is still being encoded: wait until it is ready, or take it out."


def _withdrawn(clip: Clip) -> str:
    if clip.withdrawn_at is None:
        return ""
    return f"The clip “{clip}” was withdrawn: take it out of the story."


def _damage(clip: Clip) -> str:
    problems = fixity.known_problems(clip)
    if not problems:
        return ""
    return (
        f"“{clip}” is damaged ({problems[0].rstrip('.')}): have the original put back from a "
        "backup, or the package made anew."
    )


def _consent(clip: Clip) -> tuple[Weight, str]:
    consent = clip.footage.consent
    if consent == Footage.Consent.WITHDRAWN:
        return (
            Weight.NEVER,
            f"The source of “{clip}” has withdrawn consent: take the clip out of the story.",
        )
    if consent == Footage.Consent.NONE:
        return Weight.STOPS, f"The source of “{clip}” has not given consent: ask again."
    if consent == Footage.Consent.UNKNOWN:
        return Weight.ASKS, f"The source of “{clip}” was not asked for consent yet: ask."
    return Weight.ASKS, ""


def _rights(clip: Clip, on: date) -> tuple[Weight, str]:
    footage = clip.footage
    if footage.rights_from and on < footage.rights_from:
        return Weight.STOPS, f"The rights to “{clip}” begin on {footage.rights_from}: wait."
    if clip.lapsed_at:
        # Readers have its words alone: there is nothing to take out.
        return Weight.STOPS, ""
    if footage.rights_until and on > footage.rights_until:
        return (
            Weight.STOPS,
            f"The rights to “{clip}” ended on {footage.rights_until}: take it out.",
        )
    if not reaches(countries(footage.rights_territory), settings.TERRITORY):
        where = f"{footage.rights_territory} alone"
        return (
            Weight.STOPS,
            f"The rights to “{clip}” are for {where}, and this site is read elsewhere too: "
            "take it out.",
        )
    if not (footage.rights_holder or footage.rights_until or footage.rights_territory):
        return Weight.ASKS, f"Nobody has said who holds the rights to “{clip}”: say so."
    return Weight.STOPS, ""


def _warnings(clip: Clip) -> str:
    if clip.needs_no_warning or clip.warnings.all():
        return ""
    return f"Nobody has decided whether readers are to be warned of “{clip}”: decide."


def _captions(clip: Clip) -> str:
    package = clip.current_package
    if package is None or not package.has_audio or clip.has_no_speech:
        return ""
    words = [transcript for transcript in clip.transcripts.all() if transcript.kind in WORDS]
    if any(transcript.state == Transcript.State.APPROVED for transcript in words):
        return ""
    if words:
        return f"The captions of “{clip}” are not approved: read and approve them."
    return f"“{clip}” has sound and no captions: add them, or say that nobody speaks in it."


def _redactions(clip: Clip) -> Iterator[Check]:
    """Whether the package hides what it is to hide, and whether a second person saw that."""
    package = clip.current_package
    if package is None or not (clip.hides or package.hides):
        return
    late = (
        f"What is to be hidden in “{clip}” is not hidden yet: wait until it is made anew, or see "
        "there why that failed."
    )
    is_hidden = package.hides == clip.hides
    yield clip_check(clip, "what is to be hidden is hidden, and proved", "" if is_hidden else late)
    seen = any(
        look.hides == clip.hides and look.actor != clip.hidden_by for look in clip.looks.all()
    )
    unseen = f"Nobody but who made them has looked at the redactions of “{clip}”."
    if clip.hides:
        yield clip_check(clip, LOOKED_AT, "" if seen else unseen, weight=Weight.STOPS)


def _scan(clip: Clip) -> Iterator[Check]:
    if clip.current_package is None:
        return
    scan = clip.current_package.scan
    yield clip_check(
        clip,
        f"leak scan ({scan['values']} values looked for in {scan['files']} files, "
        f"{scan['found']} found)",
        f"The leak scan of “{clip}” found something: keep the clip back." if scan["found"] else "",
    )
