"""Withdrawing clips and sources: gone at once, written down, and honest about what is left."""

import pytest

from media import custody, stores, withdrawing
from media.errors import NotCleared
from media.models import Clip, CustodyEvent, Footage
from tests.factories import a_clip, a_footage, a_playable_clip

pytestmark = pytest.mark.django_db


def placed(clip):
    name = f"media/{clip.current_package.public_id}/00000.m4s"
    stores.place_file(name, b"segment")
    return name


def test_everything_of_a_source_is_gone_and_what_has_no_clip_may_not_be_published_either():
    heron = [a_footage(source_alias="heron") for _ in range(3)]
    shown, other = (a_playable_clip(footage=footage) for footage in (heron[0], a_footage()))
    a_clip(footage=heron[1])
    files = [placed(shown), placed(other)]

    done = withdrawing.withdraw_source("heron", by="ada", reason=" She is in danger. ")

    assert [stores.exists("public", name) for name in files] == [False, True]
    assert list(Clip.objects.filter(withdrawn_at=None)) == [other]
    assert Footage.objects.filter(consent=Footage.Consent.WITHDRAWN).count() == 3
    assert done.what.startswith("Nothing of heron is public any more.")
    told = CustodyEvent.objects.filter(footage=heron[2]).values_list("actor", "detail")
    assert list(told) == [("ada", {"source": "everything", "reason": "She is in danger."})]
    assert list(custody.breaks()) == []


def test_what_readers_had_is_named_with_the_addresses_to_be_purged():
    clip = a_playable_clip()

    done = withdrawing.withdraw_clips([clip], by="ada", reason="Danger.")

    downloads, caches = done.left
    assert downloads.startswith(f"Downloads: since {clip.cleared_at:%Y-%m-%d %H:%M} UTC")
    assert f"/media/{clip.current_package.public_id}/" in caches
    assert "Done in" in done.sentence


def test_of_a_clip_that_nobody_had_nothing_is_left():
    assert withdrawing.withdraw_clips([a_clip()], by="ada", reason="Danger.").left == ()


@pytest.mark.parametrize(
    ("alias", "reason", "sentence"),
    [
        ("heron", " ", "with a reason"),
        ("nobody", "Danger.", "Nothing came from"),
        ("", "D", "Nothing"),
    ],
)
def test_a_source_is_withdrawn_with_a_reason_and_by_its_alias(alias, reason, sentence):
    a_playable_clip(footage=a_footage(source_alias="heron"))
    a_playable_clip(footage=a_footage(source_alias=""))

    with pytest.raises(NotCleared, match=sentence):
        withdrawing.withdraw_source(alias, by="ada", reason=reason)

    assert Clip.objects.playable().count() == 2


def test_no_clip_is_withdrawn_without_a_reason():
    clip = a_playable_clip()

    for clips, reason in (([clip], ""), ([], "Danger.")):
        with pytest.raises(NotCleared):
            withdrawing.withdraw_clips(clips, by="ada", reason=reason)

    assert list(Clip.objects.playable()) == [clip]
