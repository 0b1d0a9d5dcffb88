"""What people say of footage: facts by the names of its fields, checked in one place.

The form at the desk, the uploads of a browser and the files beside footage all come through here.
"""

from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils import timezone

from media.core import facts
from media.core.facts import Facts, Problem, Unreadable
from media.errors import NewsroomError
from media.models import Footage

FACTS = (
    *("source_alias", "source_reached", "source_risk", "risk_note"),
    *("obtained_how", "obtained_on", "recorded_by", "recorded_when", "recorded_where"),
    *("rights_holder", "rights_from", "rights_until", "rights_territory"),
    *("consent", "consent_scope", "consent_on", "restrictions", "tags"),
)


# Fields in which a change means that somebody has verified something.
VERIFIES = frozenset(
    {
        *("verification", "verification_steps"),
        *("verified_when", "verified_when_precision"),
        *("verified_where", "verified_where_precision"),
    }
)


class Unclear(ValueError):
    """``str(error)`` is a sentence that names the fact and says what to write instead."""


class BadTable(NewsroomError):
    """A table of facts that says nothing, or that is wrong in some rows."""


def cleaned(told: Mapping[str, str]) -> dict[str, str]:
    """The facts among what was told, as they can be written into a row; blank ones are left out.

    Where a field knows certain words, each may be written as it is shown. Raises Unclear.
    """
    given = {name: told[name].strip() for name in FACTS if name in told}
    return {name: _cleaned(name, text) for name, text in given.items() if text}


def _cleaned(name: str, text: str) -> str:
    field = Footage._meta.get_field(name)
    assert isinstance(field, Field)
    text = _word(field, text)
    try:
        return str(field.clean(text, None))
    except ValidationError as error:
        raise Unclear(f"{name}: {_sentence(field, text, error)}") from error


def _word(field: Field, text: str) -> str:
    """The word for a label: people write what they see."""
    known = {str(label).casefold(): str(value) for value, label in field.choices or ()}
    return known.get(text.casefold(), text)


def _sentence(field: Field, text: str, error: ValidationError) -> str:
    if field.choices:
        words = ", ".join(str(value) for value, _label in field.choices if value)
        return f"“{text}” is not known, write one of {words}."
    return " ".join(error.messages)


def sign_verification(footage: Footage, *, by: str) -> None:
    """Note who said last how far footage is verified; the caller saves."""
    footage.verified_by, footage.verified_at = by, timezone.now()


def secrets_of(footage: Footage) -> set[str]:
    """What people wrote of the source, which nobody means to publish: for the leak scan.

    Of places those of several words, which are addresses; a town is a word that pages are full of.
    """
    words = {
        *(footage.source_alias, footage.source_reached, footage.recorded_by),
        *(footage.obtained_how, *footage.risk_note.splitlines()),
        *(place for place in (footage.recorded_where, footage.verified_where) if " " in place),
    }
    return {word.strip() for word in words} - {""}


def table_in(folder: Path) -> Path | None:
    """The table of facts that lies in a folder, if there is one."""
    return next((folder / name for name in facts.NAMES if (folder / name).is_file()), None)


def read_table(table: Path) -> Facts:
    """What a table says of the files beside it and below. Raises BadTable where it is none."""
    try:
        if table.stat().st_size > facts.MOST_BYTES:
            raise BadTable(f"{table.name} is too large for a table of facts: part it in several.")
        text = table.read_text(encoding="utf-8")
    except OSError as error:
        raise BadTable(f"{table.name} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise BadTable(f"{table.name} is not in UTF-8: save it as “CSV UTF-8”.") from error
    try:
        found = facts.read(text, name=table.name, known=FACTS, check=cleaned)
    except Unreadable as error:
        raise BadTable(f"{table.name}: {error}") from error
    missing = [file for file in found.of if not (table.parent / file).is_file()]
    found.problems += [
        Problem(found.lines[file], f"There is no file “{file}” beside the table.")
        for file in missing
    ]
    found.problems.sort(key=lambda problem: problem.line)
    return found
