"""How an event is spelled before it is hashed: as RFC 8785 says, and as it always was."""

import json
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from media.core.custody_chain import LARGEST, canonical, premis_event, read_head
from media.custody import hash_of
from media.models import CustodyEvent
from media.models.custody import PREMIS

WORDS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | WORDS,
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner)
    ),
)


@given(VALUES)
def test_what_we_write_is_spelled_as_the_standards_own_library_spells_it(value):
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), 2**53, {"ü": 1}, {1: 2}, "\ud800", b"x", [{"in": {2.5}}]]
)
def test_what_has_no_one_spelling_everywhere_is_refused(value):
    with pytest.raises(ValueError):
        canonical(value)


def test_an_event_has_the_hash_that_it_had_in_the_first_version():
    event = CustodyEvent(
        number=7,
        footage_id=3,
        kind="received",
        at=datetime(2026, 11, 27, 9, 30, 0, 120, tzinfo=UTC),
        actor="ليلى",
        detail={"name": 'a "film" 🔥.mov', "byte_size": 12, "is_whole": True, "x": None},
        previous_hash="0" * 64,
    )

    assert hash_of(event) == "faec3523ea02cf0e79eded59f285ee36e2044cc08fa377caef133aa03df41e9c"


def test_every_kind_has_a_name_that_other_archives_know():
    assert set(PREMIS) == set(CustodyEvent.Kind)


def test_an_event_goes_out_with_the_names_of_premis_and_with_what_was_hashed():
    record = {
        "number": 7,
        "footage": 3,
        "kind": "fixity_checked",
        "at": "2026-11-27T09:30:00.000120+00:00",
        "actor": "ana",
        "detail": {"is_whole": False},
        "previous_hash": "0" * 64,
    }

    told = premis_event(record, hash="f" * 64, event_type="fixity check", footage="abc")

    assert told["eventType"] == "fixity check"
    assert told["eventOutcomeInformation"] == [{"eventOutcome": "failure"}]
    assert told["linkingObjectIdentifier"][0]["linkingObjectIdentifierValue"] == "abc"
    assert (told["record"], told["hash"]) == (record, "f" * 64)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"number": "7"}'])
def test_what_is_no_head_is_refused(text):
    with pytest.raises(ValueError):
        read_head(text)


def test_a_head_is_read_as_it_was_taken_out():
    assert read_head(json.dumps({"number": 7, "hash": "f" * 64})) == (7, "f" * 64)
