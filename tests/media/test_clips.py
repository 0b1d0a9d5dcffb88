"""Clips: made once of their footage, signed off by a person, taken back at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from media import clips, consent, stores
from media.models import Clip, CustodyEvent, Footage, Job
from media.progress import progress_of
from tests.factories import a_clip, a_footage, a_package, a_person, a_playable_clip

pytestmark = pytest.mark.django_db


def public_file(clip):
    """One file of the clip's current package, as if it had been placed."""
    name = f"media/{clip.current_package.public_id}/clip.mp4"
    stores.place_file(name, b"mp4")
    return name


def jobs():
    return list(Job.objects.order_by("pk").values_list("kind", "subject_id"))


def test_the_first_clip_of_footage_is_all_of_it():
    footage = a_footage()

    clip = clips.make_clip(footage)

    assert (clip.footage, clip.in_ms, clip.out_ms) == (footage, 0, None)
    assert jobs() == [("first_play", clip.pk)]


def test_footage_that_has_a_clip_gets_no_second():
    footage = a_footage()

    assert clips.make_clip(footage) == clips.make_clip(footage)

    assert Clip.objects.count() == 1
    assert len(jobs()) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_a_first_clip_at_once_all_get_the_same():
    footage = a_footage()

    def make(_):
        try:
            return clips.make_clip(footage)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        made = set(threads.map(make, range(8)))

    assert made == {Clip.objects.get()}


def test_a_clip_that_is_packaged_is_not_packaged_again():
    clip = a_playable_clip()

    assert clips.make_clip(clip.footage) == clip
    assert jobs() == []


def test_signing_off_names_who_did_it_and_keeps_an_earlier_name():
    ana, ben = a_person("ana"), a_person("ben")
    first, second = a_clip(), a_clip()

    clips.clear([first], by=ana)
    clips.clear([first, second], by=ben)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.cleared_by, second.cleared_by) == (ana, ben)
    assert list(Clip.objects.cleared().order_by("pk")) == [first, second]


def test_a_withdrawn_clip_is_gone_at_once_and_written_down():
    clip, other = a_playable_clip(), a_playable_clip()
    public_file(clip)
    kept = public_file(other)

    clips.withdraw_clip(clip, by="ana")

    event = CustodyEvent.objects.get()
    assert stores.files_below("public") == [kept]
    assert list(Clip.objects.playable()) == [other]
    assert (event.kind, event.actor) == ("withdrawn", "ana")
    assert jobs() == [("refresh_clip", clip.pk)]


def test_withdrawn_consent_takes_every_clip_of_the_footage_away():
    footage = a_footage(consent=Footage.Consent.WITHDRAWN)
    for _ in range(2):
        public_file(a_playable_clip(footage=footage))

    consent.changed(footage)

    assert stores.files_below("public") == []
    assert {kind for kind, _ in jobs()} == {"refresh_clip"}


def test_consent_that_was_given_removes_nothing():
    clip = a_playable_clip(footage=a_footage(consent=Footage.Consent.NAMED))
    kept = public_file(clip)

    consent.changed(clip.footage)

    assert stores.files_below("public") == [kept]


# Progress -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("job", "word"),
    [
        (None, "none"),
        ({"state": "queued"}, "waiting"),
        ({"state": "running", "percent": 40}, "running"),
        ({"state": "failed", "reason": "Too long."}, "failed"),
    ],
)
def test_a_clip_without_a_package_is_as_far_as_its_job(job, word):
    clip = a_clip()
    if job:
        Job.objects.create(kind="package_clip", subject_id=clip.pk, **job)

    assert progress_of([clip])[clip.pk].word == word


def test_a_packaged_clip_is_ready_and_a_withdrawn_one_withdrawn():
    clip = a_clip()
    a_package(clip)
    assert progress_of([clip])[clip.pk].word == "ready"

    clips.withdraw_clip(clip, by="ana")
    clip.refresh_from_db()

    assert progress_of([clip])[clip.pk].word == "withdrawn"


def test_the_newest_job_counts():
    clip = a_clip()
    Job.objects.create(kind="package_clip", subject_id=clip.pk, state="failed", reason="No.")
    Job.objects.create(kind="package_clip", subject_id=clip.pk, state="running", percent=7)

    progress = progress_of([clip])[clip.pk]

    assert (progress.word, progress.percent, progress.is_moving) == ("running", 7, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_progress_of_many_clips_takes_one_query(count, django_assert_num_queries):
    made = [a_clip() for _ in range(count)]

    with django_assert_num_queries(1):
        progress_of(made)
