"""Cutting: what of its footage a clip shows, what is hidden in it, and what readers are warned of.

All of it is kept as data on the clip, and burnt in when the package is made; the original stays as
it is.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction

from media import packaging, planning, queue, redrawing, retiming
from media.core.cut_rows import Hidden, Marks
from media.core.tracks import Box, read_area, read_box
from media.errors import NewsroomError, NotCleared
from media.models import Clip, Footage, Redaction
from media.models.job import URGENT


class StaleCut(NewsroomError):
    """The clip was changed since somebody began to cut it. Nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else has changed this clip meanwhile. Yours is not saved, and still here: "
            "open the page in another tab, and make your changes there."
        )


def marks_of(clip: Clip) -> Marks:
    """A clip as it is to be cut, whatever its package shows today."""
    poster = None if clip.poster_ms is None else clip.in_ms + clip.poster_ms
    return Marks(
        start_ms=clip.in_ms,
        end_ms=clip.out_ms,
        poster_ms=poster,
        crop=read_area(clip.crop) if clip.crop else None,
        hidden=tuple(_hidden(one) for one in clip.redactions.all()),
        warnings=tuple(retiming.warnings_of(clip)),
    )


def _hidden(one: Redaction) -> Hidden:
    is_box = one.kind == Redaction.Kind.BOX
    box = read_box(one.start_ms, one.end_ms, one.keyframes) if is_box else None
    return Hidden(one.start_ms, one.end_ms, box, one.reason)


def mark_of(clip: Clip) -> str:
    """What changes whenever the clip's cut does: whoever saves says what they began from."""
    told = json.dumps([clip.footage_id, asdict(marks_of(clip))], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def save_cut(clip: Clip, marks: Marks, *, began_from: str, by: str = "") -> bool:
    """Keep a clip's cut as data, and have made what changes by it; whether a package is.

    Where something else is to be hidden than before, readers lose the clip until that is done and
    proved; ``by`` is who said so, by name. Raises StaleCut where the clip is not what
    ``began_from`` says.
    """
    with transaction.atomic():
        clip = Clip.objects.select_for_update().get(pk=clip.pk)
        if mark_of(clip) != began_from:
            raise StaleCut
        before = marks_of(clip)
        if before == marks:
            return False
        _write(clip, marks, by=by)
        retiming.write_warnings(clip, marks.warnings)
        is_made_anew = _pictures_of(before) != _pictures_of(marks)
        if is_made_anew:
            packaging.ask_for_package(clip)
        else:
            redrawing.ask_for_pictures(clip)
        # At once: what is to be hidden now is not to be seen a moment longer.
        queue.request("refresh_clip", clip.pk, priority=URGENT)
    return is_made_anew


def _pictures_of(marks: Marks) -> tuple[object, ...]:
    """What a package is made anew for."""
    hidden = [(one.start_ms, one.end_ms, one.box) for one in marks.hidden]
    return marks.start_ms, marks.end_ms, marks.poster_ms, marks.crop, hidden


def _write(clip: Clip, marks: Marks, *, by: str) -> None:
    clip.in_ms, clip.out_ms = marks.start_ms, marks.end_ms
    clip.poster_ms = None if marks.poster_ms is None else marks.poster_ms - marks.start_ms
    clip.crop = marks.crop._asdict() if marks.crop else {}
    clip.redactions.all().delete()
    Redaction.objects.bulk_create(_redaction(clip, one) for one in marks.hidden)
    before, clip.hides = clip.hides, planning.hides_of(planning.cut_of(clip))
    clip.hidden_by = clip.hidden_by if clip.hides == before else by
    clip.save(update_fields=["in_ms", "out_ms", "poster_ms", "crop", "hides", "hidden_by"])


def _redaction(clip: Clip, one: Hidden) -> Redaction:
    return Redaction(
        clip=clip,
        kind=Redaction.Kind.MUTE if one.box is None else Redaction.Kind.BOX,
        start_ms=one.start_ms,
        end_ms=one.end_ms,
        keyframes=_keyframes(one.box) if one.box else [],
        reason=one.reason,
    )


def _keyframes(box: Box) -> list[Mapping[str, Any]]:
    return [{"at_ms": key.at_ms, **key.area._asdict()} for key in box.keys]


def replace_footage(clip: Clip, footage: Footage) -> None:
    """Show other footage of the same under the same address: a better copy, or the whole of it.

    The cut, what is hidden, words and warnings stay. Nobody has looked at it: readers lose the
    clip until somebody signs it off again. Raises NotCleared where the cut does not fit.
    """
    if footage.probe is None or footage.probe["duration_ms"] <= clip.in_ms:
        raise NotCleared("This footage ends before the clip starts: set an earlier start first.")
    with transaction.atomic():
        clip = Clip.objects.select_for_update().get(pk=clip.pk)
        clip.footage, clip.cleared_at, clip.cleared_by = footage, None, None
        clip.save(update_fields=["footage", "cleared_at", "cleared_by"])
        packaging.ask_for_package(clip)
        queue.request("refresh_clip", clip.pk, priority=URGENT)
