"""The custody chain: how an event is spelled before it is hashed, and how others name it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

FIRST_HASH = "0" * 64
# Beyond it a number is not the same in every language that reads JSON (RFC 8785, section 3.2.2.3).
LARGEST = 2**53 - 1
STRANGE = "The custody log holds texts, whole numbers, lists and names of ASCII: {!r} is none."


class Head(NamedTuple):
    """The newest event of a log at a moment: who holds it can prove what came before it."""

    number: int
    hash: str


def canonical(value: object) -> bytes:
    """The one spelling of a value, by the rules of RFC 8785 (JSON Canonicalization Scheme).

    Values are those that the log needs: objects with names of ASCII, lists, texts, whole numbers up
    to 2^53 - 1, true, false and null. Fractions are refused, and so is a text that is no Unicode.
    Raises ValueError.

    >>> canonical({"b": [1, None], "a": "\\u00e9\\n"}).decode()
    '{"a":"é\\\\n","b":[1,null]}'
    """
    _require_plain(value)
    # For these values, and for them alone, Python's own spelling is the canonical one.
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _require_plain(value: object) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if not isinstance(name, str) or not name.isascii():
                raise ValueError(STRANGE.format(name))
            _require_plain(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _require_plain(inner)
    elif isinstance(value, int):
        if abs(value) > LARGEST:
            raise ValueError(STRANGE.format(value))
    elif value is not None and not isinstance(value, str):
        raise ValueError(STRANGE.format(value))


def hash_of(value: object) -> str:
    """SHA-256 of the canonical spelling, in hexadecimal. Raises ValueError."""
    return hashlib.sha256(canonical(value)).hexdigest()


def read_head(text: str) -> Head:
    """A head as it was exported. Raises ValueError for what is none."""
    told = json.loads(text)
    if not isinstance(told, dict) or not isinstance(told.get("number"), int):
        raise ValueError("there is no number in it")
    return Head(told["number"], str(told.get("hash", "")))


def premis_event(
    record: Mapping[str, Any], *, hash: str, event_type: str, footage: str
) -> dict[str, object]:
    """An event with the names of the PREMIS data dictionary 3.0, for other archives.

    ``record`` is what was hashed, word for word: whoever has it can prove the chain anew.
    """
    is_whole = record["detail"].get("is_whole")
    outcome = {None: "recorded", True: "success", False: "failure"}[is_whole]
    return {
        "eventIdentifier": {
            "eventIdentifierType": "number in the custody log",
            "eventIdentifierValue": str(record["number"]),
        },
        "eventType": event_type,
        "eventDateTime": record["at"],
        "eventDetailInformation": [{"eventDetail": record["detail"]}],
        "eventOutcomeInformation": [{"eventOutcome": outcome}],
        "linkingAgentIdentifier": [
            {
                "linkingAgentIdentifierType": "name of an account",
                "linkingAgentIdentifierValue": record["actor"],
            }
        ],
        "linkingObjectIdentifier": [
            {
                "linkingObjectIdentifierType": "id of footage",
                "linkingObjectIdentifierValue": footage,
            }
        ],
        "record": dict(record),
        "hash": hash,
    }
