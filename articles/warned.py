"""What readers are told before they see or read something, in their page's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from media.core.captions import media_time
from media.core.languages import primary
from media.core.veils import Veil
from media.models import Warning


@dataclass(frozen=True)
class WarningView:
    """What a reader is told before they agree: of the whole clip, or of a span, then ``span``.

    ``words`` are the editor's in the page's language, else what the kind is called.
    """

    kind: str
    words: str
    start_ms: int | None = None
    end_ms: int | None = None
    span: str = ""

    def __str__(self) -> str:
        return self.words

    @property
    def veil(self) -> Veil | None:
        if self.start_ms is None or self.end_ms is None:
            return None
        return Veil(self.start_ms, self.end_ms)


def read_warnings(warnings: Iterable[Warning], language: str) -> tuple[WarningView, ...]:
    """One for each kind and span, those of the whole clip first."""

    def subject(warning: Warning) -> tuple[int, int, str]:
        start, end = warning.start_ms, warning.end_ms
        return (
            (-1, -1, warning.kind) if start is None or end is None else (start, end, warning.kind)
        )

    return tuple(
        _warning(about, list(group), language)
        for about, group in groupby(sorted(warnings, key=subject), key=subject)
    )


def _warning(about: tuple[int, int, str], worded: list[Warning], language: str) -> WarningView:
    start_ms, end_ms, kind = about
    words = next(
        (w.wording for w in worded if w.wording and primary(w.language) == primary(language)),
        str(Warning.Kind(kind).label),
    )
    if start_ms < 0:
        return WarningView(kind, words)
    return WarningView(kind, words, start_ms, end_ms, _span(start_ms, end_ms))


def _span(start_ms: int, end_ms: int) -> str:
    """
    >>> _span(61_000, 64_200)
    '1:01–1:05'
    """
    return f"{media_time(start_ms)}–{media_time(end_ms + 999)}"
