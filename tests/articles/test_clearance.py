"""Clearance: the checks between a story and its public."""

import pytest
from django.utils import timezone

from articles import clearance
from media import packaging
from media.errors import NotCleared
from media.models import Footage, Job
from tests.factories import a_clip, a_draft, a_footage, a_package, a_ready_clip

pytestmark = pytest.mark.django_db


def red(article):
    return [check.reason for check in clearance.checks(article) if not check.is_green]


def test_a_whole_story_is_green_everywhere():
    clip = a_ready_clip(title="Fire")
    article = a_draft(clip)

    checks = clearance.checks(article)

    assert [(check.name, check.is_green, check.reason, check.url) for check in checks] == [
        ("Headline", True, "", ""),
        ("Text", True, "", ""),
        ("Clip “Fire”: encoded and verified", True, "", ""),
        ("Clip “Fire”: not withdrawn", True, "", ""),
        ("Clip “Fire”: consent of the source", True, "", ""),
        (
            "Clip “Fire”: leak scan (40 values looked for in 10 files, 0 found)",
            True,
            "",
            "",
        ),
    ]
    clearance.require(article)


def test_a_red_check_names_the_place_where_it_is_mended():
    clip = a_clip()
    article = a_draft(clip, headline=" ")

    urls = [check.url for check in clearance.checks(article) if not check.is_green]

    assert urls == [f"/admin/articles/article/{article.pk}/change/", clip.get_admin_url()]


@pytest.mark.parametrize("body", ["", "<p> </p>", "<figure data-clip='abcdef012345'></figure>"])
def test_a_story_without_words_is_red(body):
    assert "The story has no text." in red(a_draft(body=body))


@pytest.mark.parametrize(("hidden_today", "is_red"), [("a box", False), ("two boxes", True)])
def test_a_clip_is_red_until_its_package_hides_what_is_to_be_hidden(hidden_today, is_red):
    clip = a_ready_clip(title="Fire")
    clip.current_package.hides = "a box"
    clip.current_package.save()
    clip.hides = hidden_today
    clip.save()

    names = [check.name for check in clearance.checks(a_draft(clip))]

    assert "Clip “Fire”: what is to be hidden is hidden, and proved" in names
    assert bool(red(a_draft(clip))) is is_red


def test_a_clip_that_is_still_encoded_is_red():
    clip = a_clip(title="Fire")
    packaging.ask_for_package(clip)

    assert red(a_draft(clip)) == [
        "The clip “Fire” is still being encoded: wait until it is ready, or take it out."
    ]


def test_a_clip_that_could_not_be_made_is_red_with_the_reason():
    clip = a_clip(title="Fire")
    packaging.ask_for_package(clip)
    Job.objects.update(state=Job.State.FAILED, reason="The footage is broken.")

    assert red(a_draft(clip)) == ["The clip “Fire” could not be made: The footage is broken."]


def test_a_clip_that_was_taken_back_is_red():
    clip = a_ready_clip(title="Fire", withdrawn_at=timezone.now())

    assert red(a_draft(clip)) == ["The clip “Fire” was withdrawn: take it out of the story."]


def test_a_clip_whose_source_took_consent_back_is_red():
    clip = a_ready_clip(title="Fire", footage=a_footage(consent=Footage.Consent.WITHDRAWN))

    assert red(a_draft(clip)) == [
        "The source of “Fire” has withdrawn consent: take the clip out of the story."
    ]


def test_a_package_in_which_the_scan_found_something_is_red():
    clip = a_clip(title="Fire")
    a_package(clip, scan={"files": 10, "values": 40, "found": 1})

    assert red(a_draft(clip)) == ["The leak scan of “Fire” found something: keep the clip back."]


def test_a_clip_at_the_address_of_the_find_page_is_red():
    clip = a_ready_clip(title="Fire", slug="find")

    assert red(a_draft(clip)) == [
        "“find” is the address of another page: give the clip “Fire” its own."
    ]


def test_a_clip_that_does_not_exist_is_red():
    article = a_draft(body='<p>Text</p><figure data-clip="doesnotexist"></figure>')

    assert red(article) == [
        "The story names clips that do not exist (doesnotexist): take them out, or insert them "
        "again."
    ]


def test_all_reasons_are_told_at_once():
    clip = a_clip(title="Fire", withdrawn_at=timezone.now())
    article = a_draft(clip, headline="", body=f'<figure data-clip="{clip.public_id}"></figure>')

    with pytest.raises(NotCleared) as refusal:
        clearance.require(article)

    assert str(refusal.value) == (
        "The story has no headline. The story has no text. The clip “Fire” is still being "
        "encoded: wait until it is ready, or take it out. The clip “Fire” was withdrawn: take it "
        "out of the story."
    )
