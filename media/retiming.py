"""Retiming: when readers get a clip that was cut anew, its words and warnings follow the cut.

They change in the same transaction as the package, so that at no moment a word stands at the
wrong picture. What was cut off is laid aside, and comes back when the cut is made wider.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace

from media import transcribing
from media.core.cue_rows import LATEST_MS, Row
from media.core.cut_rows import Told
from media.core.trim import follow, inside
from media.core.veils import Veil
from media.models import Clip, Package, Warning


def follow_cut(before: Package, after: Package) -> None:
    """Have the words and warnings of a clip follow from one package to the next.

    The caller holds the transaction, and has turned the clip's pointer already.
    """
    was, cut = before.span, after.span
    if was == cut:
        return
    clip = Clip.objects.select_for_update().get(pk=after.clip_id)
    _retime_words(clip, was, cut)
    _retime_warnings(clip, was, cut)


def _retime_words(clip: Clip, was: Veil, cut: Veil) -> None:
    # Approved versions first: an approved one takes the place of a draft that was there before it.
    found = sorted(clip.transcripts.standing().order_by("pk"), key=lambda one: one.state)
    rows = {one.pk: transcribing.rows_of(one) for one in found}
    for version in found:
        shown, aside = follow(rows[version.pk], transcribing.laid_aside(version), was=was, cut=cut)
        transcribing.retime(version, shown, laid_aside=aside)


def _retime_warnings(clip: Clip, was: Veil, cut: Veil) -> None:
    """Those of spans; a warning of the whole clip stays as it is."""
    there = {str(one.pk): one for one in clip.spanned_warnings()}
    rows = [_row(key, one) for key, one in there.items()]
    known = [Row(**told) for told in clip.laid_aside]
    shown, aside = follow(rows, known, was=was, cut=cut)
    keys = {row.key: _kept(clip, row, there.get(row.key)) for row in shown}
    clip.spanned_warnings().exclude(pk__in=keys.values()).delete()
    clip.laid_aside = [asdict(replace(row, key=keys.get(row.key, row.key))) for row in aside]
    clip.save(update_fields=["laid_aside"])


def _row(key: str, warning: Warning) -> Row:
    """A warning as a line: its kind is who speaks, and what it says is kept whole."""
    said = json.dumps([warning.language, warning.wording])
    return Row(key, warning.start_ms or 0, warning.end_ms or 0, warning.kind, said)


def _kept(clip: Clip, row: Row, warning: Warning | None) -> str:
    """Write a warning at its new moment; the key under which it is known from now on."""
    language, wording = json.loads(row.text)
    if warning is None:
        warning = Warning(clip=clip, kind=row.speaker, language=language, wording=wording)
    warning.start_ms, warning.end_ms = row.start_ms, row.end_ms
    warning.save()
    return str(warning.pk)


# At the desk ------------------------------------------------------------------------------------


def warnings_of(clip: Clip) -> list[Told]:
    """The warnings of spans in milliseconds of the footage, whole, cut off or not."""
    aside = {told["key"]: Row(**told) for told in clip.laid_aside}
    spanned = clip.spanned_warnings().order_by("start_ms", "pk")
    rows = [aside.pop(str(one.pk), _moved(_row(str(one.pk), one), clip.base_ms)) for one in spanned]
    return sorted(map(_told, (*rows, *aside.values())), key=lambda told: told.start_ms)


def write_warnings(clip: Clip, wanted: Iterable[Told]) -> None:
    """Make these the warnings of spans; what lies outside the package of today is laid aside."""
    clip.spanned_warnings().delete()
    aside = []
    for number, told in enumerate(wanted):
        said = json.dumps([told.language, told.wording])
        row = Row(f"new-{number}", told.start_ms, told.end_ms, told.kind, said)
        part = inside(row.start_ms, row.end_ms, _shown_now(clip))
        if part is not None:
            key = _kept(clip, replace(row, start_ms=part[0], end_ms=part[1]), None)
            row = replace(row, key=key)
        if part is None or part[1] - part[0] < row.end_ms - row.start_ms:
            aside.append(row)
    clip.laid_aside = [asdict(row) for row in aside]
    clip.save(update_fields=["laid_aside"])


def _shown_now(clip: Clip) -> Veil:
    """What of the footage the package of today shows; all after the start where there is none."""
    package = clip.current_package
    return package.span if package else Veil(clip.base_ms, LATEST_MS)


def _moved(row: Row, by_ms: int) -> Row:
    return replace(row, start_ms=row.start_ms + by_ms, end_ms=row.end_ms + by_ms)


def _told(row: Row) -> Told:
    language, wording = json.loads(row.text)
    return Told(row.start_ms, row.end_ms, row.speaker, wording, language)
