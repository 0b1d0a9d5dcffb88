"""Release: only what is cleared becomes public, and it goes away at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from media import release, stores
from media.errors import LeakFound, NotCleared
from media.models import CustodyEvent, Footage, Package, Transcript
from tests.factories import a_clip, a_footage, a_package, a_person, a_playable_clip, a_transcript

pytestmark = pytest.mark.django_db


def with_files(data, package):
    """Put the files of a package where the packager puts them."""
    folder = data / "packages" / package.public_id
    folder.mkdir(parents=True)
    (folder / "clip.mp4").write_bytes(b"mp4")
    (folder / "master.m3u8").write_bytes(b"#EXTM3U\n")
    return package


def a_clip_with_files(data, **fields):
    clip = a_playable_clip(**fields)
    with_files(data, clip.current_package)
    return clip


def public():
    return stores.files_below("public")


def files_of(package):
    return [f"media/{package.public_id}/{name}" for name in ("clip.mp4", "master.m3u8")]


# Placing ------------------------------------------------------------------------------------


def test_a_cleared_clip_is_placed_with_its_package(data):
    clip = a_clip_with_files(data)

    release.place_clip(clip)

    assert public() == files_of(clip.current_package)


def test_only_approved_transcripts_are_placed(data):
    clip = a_clip_with_files(data)
    approved = a_transcript(clip, "They are burning it.")
    a_transcript(clip, language="ar", state=Transcript.State.DRAFT)
    a_transcript(clip, superseded=True)

    release.place_clip(clip)

    captions = f"media/{approved.public_id}/captions.vtt"
    assert public() == sorted([*files_of(clip.current_package), captions])
    assert b"They are burning it." in stores.read_public(captions)


def test_the_release_is_written_down_once(data):
    clip = a_clip_with_files(data, cleared_by=a_person("ana"))

    release.place_clip(clip)
    release.place_clip(clip)

    (event,) = CustodyEvent.objects.filter(kind=CustodyEvent.Kind.RELEASED)
    assert event.actor == "ana"
    assert event.detail == {"clip": clip.public_id, "package": clip.current_package.public_id}


@pytest.mark.parametrize(
    "fields",
    [
        {"cleared_at": None},
        {"withdrawn_at": timezone.now()},
        {"footage": Footage.Consent.WITHDRAWN},
        {"current_package": None},
    ],
    ids=["not cleared", "withdrawn", "consent withdrawn", "no package"],
)
def test_a_clip_that_readers_may_not_see_is_not_placed(data, fields):
    clip = a_clip_with_files(data)
    if "footage" in fields:
        fields = {"footage": a_footage(consent=fields["footage"])}
    for name, value in fields.items():
        setattr(clip, name, value)
    clip.save()

    with pytest.raises(NotCleared, match="see the clip's page"):
        release.place_clip(clip)

    assert public() == []
    assert CustodyEvent.objects.count() == 0


def test_a_clip_that_was_taken_back_since_it_was_read_is_not_placed(data):
    clip = a_clip_with_files(data)
    type(clip).objects.update(withdrawn_at=timezone.now())

    with pytest.raises(NotCleared):
        release.place_clip(clip)

    assert public() == []


def test_a_transcript_that_tells_of_the_footages_own_data_is_not_placed(data):
    footage = a_footage(metadata=[{"place": "c", "name": "gps", "value": "+36.3400+043.1300/"}])
    clip = a_clip_with_files(data, footage=footage)
    a_transcript(clip, "We are at +36.3400+043.1300/ now.")

    with pytest.raises(LeakFound):
        release.place_clip(clip)

    assert [name for name in public() if name.endswith(".vtt")] == []


def test_an_address_is_below_the_address_of_media(settings):
    settings.MEDIA_URL = "https://media.example/"

    assert release.address("abc", "clip.mp4") == "https://media.example/abc/clip.mp4"


# Removing -----------------------------------------------------------------------------------


def test_everything_of_a_clip_is_removed_and_nothing_of_another(data):
    clip, other = a_clip_with_files(data), a_clip_with_files(data)
    a_transcript(clip)
    release.place_clip(clip)
    release.place_clip(other)
    with_files(data, a_package(clip))
    clip.refresh_from_db()
    release.place_clip(clip)

    release.remove_clip(clip)

    assert public() == files_of(other.current_package)


def test_removing_what_was_never_placed_is_harmless(data):
    release.remove_clip(a_clip())

    assert public() == []


def aged(row, hours):
    then = timezone.now() - timedelta(hours=hours)
    type(row).objects.filter(pk=row.pk).update(created_at=then)


@pytest.mark.parametrize(("hours", "stays"), [(0.5, True), (2, False)])
def test_an_old_package_stays_for_those_who_are_watching(data, hours, stays):
    clip = a_clip_with_files(data)
    old = clip.current_package
    release.place_clip(clip)
    aged(old, 100)
    new = with_files(data, a_package(clip))
    release.place_clip(clip)
    aged(new, hours)

    release.remove_superseded()

    assert public() == sorted([*(files_of(old) if stays else []), *files_of(new)])


@pytest.mark.parametrize(("hours", "stays"), [(0.5, True), (2, False)])
def test_old_captions_stay_for_those_who_are_watching(data, hours, stays):
    clip = a_clip_with_files(data)
    old = a_transcript(clip)
    release.place_clip(clip)
    aged(old, 100)
    Transcript.objects.update(superseded=True)
    new = a_transcript(clip)
    release.place_clip(clip)
    aged(new, hours)

    release.remove_superseded()

    captions = [f"media/{row.public_id}/captions.vtt" for row in (old, new)]
    assert [name for name in captions if name in public()] == captions[0 if stays else 1 :]


def test_the_files_of_the_working_store_stay(data):
    clip = a_clip_with_files(data)
    release.place_clip(clip)

    release.remove_clip(clip)

    assert len(stores.files_below("packages")) == 2
    assert Package.objects.count() == 1
