"""The rows: what may stand in the database, and the words for sets of them."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from media.models import Clip, Cue, Footage, Job, Redaction, Transcript, Warning
from tests.factories import a_clip, a_footage, a_package, a_playable_clip, a_transcript

pytestmark = pytest.mark.django_db

Consent = Footage.Consent


def refused(act):
    with pytest.raises(IntegrityError), transaction.atomic():
        act()
    return True


# What readers may see -----------------------------------------------------------------------


def test_a_clip_is_playable_when_it_is_cleared_and_packaged():
    clip = a_playable_clip()

    assert list(Clip.objects.playable()) == [clip]
    assert clip.is_playable


@pytest.mark.parametrize(
    "fields",
    [{"cleared_at": None}, {"withdrawn_at": timezone.now()}],
    ids=["uncleared", "withdrawn"],
)
def test_a_clip_that_nobody_signed_off_is_never_playable(fields):
    kept, hidden = a_playable_clip(), a_playable_clip(**fields)

    assert list(Clip.objects.playable()) == [kept]
    assert not hidden.is_playable


def test_a_clip_without_a_package_is_not_playable():
    clip = a_clip(cleared_at=timezone.now())

    assert list(Clip.objects.playable()) == []
    assert not clip.is_playable


@pytest.mark.parametrize("consent", Consent)
def test_only_withdrawn_consent_hides_a_clip(consent):
    clip = a_playable_clip(footage=a_footage(consent=consent))

    seen = consent != Consent.WITHDRAWN
    assert Clip.objects.playable().exists() is seen
    assert clip.is_playable is seen


def test_only_live_and_approved_transcripts_are_for_readers():
    clip = a_clip()
    kept = a_transcript(clip)
    a_transcript(clip, language="ar", state=Transcript.State.DRAFT)
    a_transcript(clip, superseded=True)

    assert list(clip.transcripts.approved()) == [kept]


def test_a_clip_is_vertical_by_its_package():
    clip = a_clip()
    a_package(clip, width=480, height=854)

    assert clip.is_vertical
    assert not a_playable_clip().is_vertical


# What may not be ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        lambda: a_footage(state=Footage.State.REJECTED, reason=""),
        lambda: a_footage(state=Footage.State.READY, probe=None),
        lambda: a_clip(in_ms=5000, out_ms=5000),
        lambda: a_clip(in_ms=5000, out_ms=4000),
        lambda: a_clip(in_ms=-1),
        lambda: a_transcript(a_transcript(a_clip()).clip),
        lambda: Cue.objects.create(
            transcript=a_transcript(a_clip()), position=9, start_ms=5, end_ms=5
        ),
        lambda: [
            Cue.objects.create(transcript=transcript, position=9, start_ms=1, end_ms=5)
            for transcript in [a_transcript(a_clip())] * 2
        ],
        lambda: Warning.objects.create(clip=a_clip(), kind="death", start_ms=5, end_ms=5),
        lambda: Redaction.objects.create(clip=a_clip(), kind="mute", start_ms=5, end_ms=5),
        lambda: Redaction.objects.create(clip=a_clip(), kind="box", start_ms=1, end_ms=5),
        lambda: Job.objects.create(kind="x", subject_id=1, state=Job.State.FAILED),
        lambda: Job.objects.create(kind="x", subject_id=1, percent=101),
        lambda: [Job.objects.create(kind="x", subject_id=1) for _ in range(2)],
        lambda: [a_package(clip, version=1) for clip in [a_clip()] * 2],
    ],
    ids=[
        "rejected without a reason",
        "ready without an examination",
        "a clip of no length",
        "a clip that ends before it starts",
        "a clip that starts before its footage",
        "two live transcripts of a language",
        "a cue of no length",
        "two cues in one place",
        "a warning of no length",
        "a redaction of no length",
        "a box without a place",
        "failed without a reason",
        "more than everything",
        "the same work waiting twice",
        "two packages of a version",
    ],
)
def test_the_database_refuses(act):
    assert refused(act)


def test_footage_with_a_clip_cannot_be_deleted():
    with pytest.raises(ProtectedError):
        a_clip().footage.delete()


def test_the_current_package_cannot_be_deleted():
    with pytest.raises(ProtectedError):
        a_playable_clip().current_package.delete()


def test_ids_say_nothing_of_their_order():
    clips = [a_clip() for _ in range(8)]

    assert len({clip.public_id for clip in clips}) == 8
    assert sorted(clip.public_id for clip in clips) != [clip.public_id for clip in clips]
    assert {len(clip.public_id) for clip in clips} == {12}
