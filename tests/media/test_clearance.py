"""Clearance of clips: what stands between a clip and its readers."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from media import clearance, looking, packaging
from media.errors import NotCleared
from media.models import Footage, Job, Package, Transcript, Warning
from tests.factories import a_clip, a_footage, a_package, a_person, a_transcript

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 1)


def red(clip, on=TODAY):
    [clip] = clearance.with_all_facts([type(clip).objects.get(pk=clip.pk)])
    return [check.reason for check in clearance.clip_checks(clip, on=on) if check.stops]


def a_made_clip(**fields):
    clip = a_clip(title="Fire", **fields)
    a_package(clip)
    return clip


def test_a_clip_that_is_still_encoded_is_red():
    clip = a_clip(title="Fire")
    packaging.ask_for_package(clip)

    assert red(clip) == [
        "The clip “Fire” is still being encoded: wait until it is ready, or take it out."
    ]


def test_a_clip_that_could_not_be_made_is_red_with_the_reason():
    clip = a_clip(title="Fire")
    packaging.ask_for_package(clip)
    Job.objects.update(state=Job.State.FAILED, reason="The footage is broken.")

    assert red(clip) == ["The clip “Fire” could not be made: The footage is broken."]


def test_a_clip_that_was_taken_back_is_red():
    clip = a_made_clip(withdrawn_at=timezone.now())

    assert red(clip) == ["The clip “Fire” was withdrawn: take it out of the story."]


def test_a_clip_at_the_address_of_the_find_page_is_red():
    assert red(a_made_clip(slug="find")) == [
        "“find” is the address of another page: give the clip “Fire” its own."
    ]


def test_a_package_in_which_the_scan_found_something_is_red():
    clip = a_made_clip()
    Package.objects.update(scan={"files": 10, "values": 40, "found": 1})

    assert red(clip) == ["The leak scan of “Fire” found something: keep the clip back."]


@pytest.mark.parametrize(
    ("consent", "reasons"),
    [
        (
            Footage.Consent.WITHDRAWN,
            ["The source of “Fire” has withdrawn consent: take the clip out of the story."],
        ),
        (Footage.Consent.NONE, ["The source of “Fire” has not given consent: ask again."]),
        (Footage.Consent.UNKNOWN, ["The source of “Fire” was not asked for consent yet: ask."]),
        (Footage.Consent.NAMED, []),
    ],
)
def test_the_source_has_the_word(consent, reasons):
    assert red(a_made_clip(footage=a_footage(consent=consent))) == reasons


TERM = {"rights_from": date(2026, 5, 31), "rights_until": date(2026, 6, 2)}


@pytest.mark.parametrize(
    ("day", "reasons"),
    [
        (30, ["The rights to “Fire” begin on 2026-05-31: wait."]),
        (31, []),
        (33, []),
        (34, ["The rights to “Fire” ended on 2026-06-02: take it out."]),
    ],
)
def test_rights_hold_from_their_first_day_to_their_last(day, reasons):
    clip = a_made_clip(footage=a_footage(**TERM))

    on = date(2026, 5, day) if day < 32 else date(2026, 6, day - 31)

    assert red(clip, on) == reasons


@pytest.mark.parametrize(
    ("rights", "site", "is_red"),
    [("", "", False), ("DE, AT", "DE", False), ("DE", "DE AT", True), ("DE", "", True)],
)
def test_rights_reach_as_far_as_the_site_is_read(settings, rights, site, is_red):
    settings.TERRITORY = frozenset(site.split())

    found = red(a_made_clip(footage=a_footage(rights_territory=rights)))

    assert found == (
        [f"The rights to “Fire” are for {rights} alone, and this site is read elsewhere too: "
         "take it out."]
        if is_red
        else []
    )  # fmt: skip


def test_somebody_decides_about_warnings_and_about_captions():
    clip = a_made_clip(needs_no_warning=False, has_no_speech=False)
    before = red(clip)

    Warning.objects.create(clip=clip, kind="fire")
    words = a_transcript(clip, state=Transcript.State.DRAFT)
    waiting = red(clip)
    Transcript.objects.filter(pk=words.pk).update(state=Transcript.State.APPROVED)

    assert before == [
        "Nobody has decided whether readers are to be warned of “Fire”: decide.",
        "“Fire” has sound and no captions: add them, or say that nobody speaks in it.",
    ]
    assert waiting == ["The captions of “Fire” are not approved: read and approve them."]
    assert red(clip) == []


def test_a_silent_clip_needs_no_captions():
    clip = a_made_clip(has_no_speech=False)
    Package.objects.update(has_audio=False)

    assert red(clip) == []


# Redactions ---------------------------------------------------------------------------------------

UNLOOKED = "Nobody but who made them has looked at the redactions of “Fire”."
LATE = (
    "What is to be hidden in “Fire” is not hidden yet: wait until it is made anew, or see there "
    "why that failed."
)


def a_redacted_clip(hides="a box"):
    clip = a_made_clip(hides=hides, hidden_by="mo")
    Package.objects.update(hides=hides)
    return type(clip).objects.get(pk=clip.pk)


@pytest.mark.parametrize(("hidden_today", "is_red"), [("a box", False), ("two boxes", True)])
def test_a_clip_is_red_until_its_package_hides_what_is_to_be_hidden(hidden_today, is_red):
    clip = a_redacted_clip()
    type(clip).objects.update(hides=hidden_today)

    assert (LATE in red(clip)) is is_red


def test_a_second_person_looks_at_redactions():
    clip = a_redacted_clip()
    before = red(clip)

    looking.look(clip, by=a_person("sue"))

    assert (before, red(clip)) == ([UNLOOKED], [])


def test_who_made_the_redactions_is_no_second_person():
    clip = a_redacted_clip()

    with pytest.raises(NotCleared, match="somebody else has to look"):
        looking.look(clip, by=a_person("mo"))

    assert red(clip) == [UNLOOKED]


def test_other_redactions_are_another_look():
    clip = a_redacted_clip()
    looking.look(clip, by=a_person("sue"))
    type(clip).objects.update(hides="two boxes")
    Package.objects.update(hides="two boxes")

    assert red(clip) == [UNLOOKED]


def test_there_is_nothing_to_look_at_before_it_is_hidden():
    clip = a_redacted_clip()
    clip.hides = "two boxes"

    with pytest.raises(NotCleared, match="not hidden yet"):
        looking.look(clip, by=a_person("sue"))


def test_what_is_no_country_is_refused_where_it_is_written():
    footage = a_footage(rights_territory="Germany")

    with pytest.raises(ValidationError, match="“GERMANY” is no country"):
        footage.full_clean()
