"""What stands in the form of a story, finished or not, as a snapshot.

It is read leniently: a person who is still writing has empty fields and half a date, and none of
it may be lost. What is wrong is said when it is saved for good.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from articles.core.body import clean_body
from articles.core.snapshots import CLIP_WORDS, ClipState, Named, Snapshot, Told

Form = Mapping[str, Sequence[str]]
# What a database takes for a number.
ID = re.compile(r"[0-9]{1,18}")
MOST_ROWS = 500
MOMENTS = frozenset({"embargo_until", "expires_at"})


def read_form(form: Form, base: Snapshot) -> Snapshot:
    """Return ``base`` with what the form says otherwise; a field that it has not stays."""
    texts = {name: form[name][-1] if name in form else text for name, text in base.texts.items()}
    if "body" in form:
        texts["body"] = clean_body(texts["body"])
    named = {
        "bylines": tuple(_bylines(form)),
        # An empty choice of several is not sent at all.
        "topics": tuple(_ids(form.get("topics", ()))),
        "translation_of": tuple(_ids(form.get("translation_of", ()))),
    }
    corrections = (*base.corrections, *_new_corrections(form))
    found = Snapshot(texts, _settings(form, base), named, tuple(_clips(form, base)), corrections)
    return found.with_names(base.known_names())


def moment(text: str) -> str:
    """A moment as snapshots write it; what is no moment stays as it was typed.

    >>> moment("2026-03-01T10:00"), moment("soon")
    ('2026-03-01T10:00:00+00:00', 'soon')
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


def _settings(form: Form, base: Snapshot) -> dict[str, str]:
    found = dict(base.settings)
    for name in found.keys() & form.keys():
        text = form[name][-1].strip()
        found[name] = moment(text) if name in MOMENTS else text
    return found


def _ids(values: Sequence[str]) -> Iterator[Named]:
    return (Named(int(value)) for value in values if ID.fullmatch(value))


def _rows(form: Form, prefix: str) -> Iterator[Mapping[str, str]]:
    """The rows of a table of the form, by the names of their columns."""
    total = form.get(f"{prefix}-TOTAL_FORMS", ("0",))[-1]
    for number in range(min(int(total), MOST_ROWS) if ID.fullmatch(total) else 0):
        start = f"{prefix}-{number}-"
        yield {
            name.removeprefix(start): values[-1]
            for name, values in form.items()
            if name.startswith(start) and values
        }


def _bylines(form: Form) -> Iterator[Named]:
    rows = [row for row in _rows(form, "bylines") if not row.get("DELETE")]
    rows.sort(key=lambda row: _place(row.get("position", "")))
    return _ids([row.get("author", "") for row in rows])


def _place(text: str) -> int:
    return int(text) if ID.fullmatch(text) else 0


def _clips(form: Form, base: Snapshot) -> Iterator[ClipState]:
    """The clips of the base, with what the form says of them."""
    said = {row.get("of", ""): row for row in _rows(form, "embeds")}
    for clip in base.clips:
        row = said.get(clip.id, {})
        words = {name: row.get(name, clip.words.get(name, "")) for name in CLIP_WORDS}
        yield replace(clip, words=words)


def _new_corrections(form: Form) -> Iterator[Told]:
    for row in _rows(form, "corrections"):
        if row.get("text", "").strip() and not row.get("id"):
            yield Told(moment(row.get("at", "")), row["text"].strip())
