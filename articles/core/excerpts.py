"""Excerpts: the piece of a text that shows best what was asked for, with marks."""

from dataclasses import dataclass

from articles.core.folding import tokens
from articles.core.query import Query

LONGEST = 240
GAP = "…"


@dataclass(frozen=True)
class Piece:
    """Some of a text, as it was written; ``is_found`` where it is what was asked for."""

    text: str
    is_found: bool = False


def found_spans(text: str, query: Query) -> list[tuple[int, int]]:
    """Where in a text the query's terms stand, ``[start, end)``, in order and apart."""
    all_tokens = tokens(text)
    spans: list[tuple[int, int]] = []
    for first, end in query.spans([token.word for token in all_tokens]):
        start, stop = all_tokens[first].start, all_tokens[end - 1].end
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(stop, spans[-1][1]))
        else:
            spans.append((start, stop))
    return spans


def excerpt(text: str, query: Query, *, longest: int = LONGEST) -> tuple[Piece, ...]:
    """A text of at most about ``longest`` characters, cut at spaces, with what was found marked.

    >>> from articles.core.query import parse
    >>> excerpt("They film the cells.", parse("cell"))
    (Piece(text='They film the ', is_found=False), Piece(text='cells', is_found=True), \
Piece(text='.', is_found=False))
    """
    spans = found_spans(text, query)
    start, end = _window(text, spans, longest)
    pieces = [Piece(GAP)] if start else []
    at = start
    for first, stop in spans:
        if start <= first and stop <= end:
            pieces += [Piece(text[at:first]), Piece(text[first:stop], is_found=True)]
            at = stop
    pieces.append(Piece(text[at:end]))
    pieces += [Piece(GAP)] if end < len(text) else []
    return tuple(piece for piece in pieces if piece.text)


def _window(text: str, spans: list[tuple[int, int]], longest: int) -> tuple[int, int]:
    """The part of a text in which most was found, with some words before it."""
    if len(text) <= longest:
        return 0, len(text)
    before = longest // 4
    best, stop = max(
        spans or [(0, 0)], key=lambda span: _found_from(spans, span[0], longest - before)
    )
    start = max(0, min(best - before, len(text) - longest))
    end = max(stop, start + longest)
    # Between words, where there are any: what is cut off begins or ends with a space.
    if start:
        start = text.find(" ", start, best) + 1 or start
    if end < len(text) and (space := text.rfind(" ", stop, end)) > 0:
        end = space
    return start, end


def _found_from(spans: list[tuple[int, int]], start: int, reach: int) -> int:
    return sum(start <= first and stop <= start + reach for first, stop in spans)
