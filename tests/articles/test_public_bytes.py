"""The proof that nothing of the source leaves: whole clips with planted words, searched for them.

From the file on an archivist's disk to every byte that a reader can fetch, through the commands.
"""

import io
import json

import av
import pytest
from django.core.management import CommandError, call_command

from media.models import Clip, Footage, Transcript
from tests import marked
from tests.articles.public import LISTS as LIST_FILES
from tests.articles.public import page, public_files, public_folder
from tests.factories import a_draft

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CONTAINERS = ("mov", "mp4", "mkv", "webm", "avi")
LISTS = ["/" + name.removesuffix("index.html") for name in LIST_FILES]
CAPTIONS = b"WEBVTT\n\n00:00.200 --> 00:01.500\nThey wait in the street.\n"
# Boxes of an MP4 in which cameras tell of themselves, and kinds of tracks that carry data.
TELLING = (b"uuid", b"XMP_", b"\xa9xyz", b"loci", b"tmcd", b"mett", b"text")

BRANDS = {"major_brand", "minor_version", "compatible_brands"}


def answers(*command, **options):
    out = io.StringIO()
    call_command(*map(str, command), stdout=out, json=True, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture(params=CONTAINERS)
def clip_of(request, tmp_path, marked_clip):
    """A clip with planted words in each container that the workshop can make."""
    if request.param == "mov":
        return marked_clip
    return marked.marked_clip(tmp_path, container=request.param)


@pytest.fixture
def published(clip_of, tmp_path):
    """The clip as a public story shows it, brought there by commands alone."""
    a_draft(slug="cells")
    [result] = answers("ingest", clip_of.path, "--story", "cells", "--source", "Nightjar", "--wait")
    assert (result["status"], result["reason"]) == ("ready", "")
    captions = tmp_path / "words.vtt"
    captions.write_bytes(CAPTIONS)
    answers("transcript", result["clip"], captions, "--language", "en", "--approve")
    answers("publish", "cells")
    return clip_of


def test_no_mark_of_the_source_is_public(client, published):
    clip = Clip.objects.get()
    data = ["/stories/cells.json", "/stories/cells.ninjs.json", f"/embed/{clip.public_id}/"]
    pages = [*LISTS, *data, "/stories/cells/", f"/stories/cells/{clip.slug}/"]
    read = [f"{pages[-1]}{name}" for name in ("?t=1", "read/", "q/1-1/", "q/1-1/card.jpg")]
    fetched = [client.get(address) for address in [*pages, *read]]

    assert len(published.marks) >= 25
    assert {response.status_code for response in fetched} == {200}
    assert marked.search(public_folder(), published.marks) == {}
    for response in fetched:
        assert (
            marked.search(response.content + str(response.headers).encode(), published.marks) == {}
        )
    for told in ("Nightjar", Footage.objects.get().sha256, Footage.objects.get().public_id):
        assert marked.search(public_folder(), {"archive": told}) == {}
    assert answers("leaks")[0]["found"] == 0


def test_what_is_public_is_a_whole_clip_and_no_more_than_picture_and_sound(published):
    current = Clip.objects.get().current_package
    package = current.public_id
    folder = public_folder() / "media" / package

    names = [name for name in public_files() if name.startswith(f"media/{package}/")]
    films = [path for path in folder.rglob("*") if path.suffix in (".mp4", ".m4s")]

    kinds = {name.rsplit(".", 1)[1] for name in names}
    # Where AV1 is still to come, the poster's light forms come with it.
    light = {"avif", "webp"} if current.pictures.get("posters") else set()
    assert kinds == {"jpg", "m3u8", "m4s", "mp4", "vtt", *light}
    assert [name for name in names if name.endswith("vtt")] == [f"media/{package}/storyboard.vtt"]
    assert f"media/{package}/master.m3u8" in names
    told = {
        (path.name, box) for path in films for box in TELLING if box in path.read_bytes()[:4096]
    }
    with av.open(str(folder / "clip.mp4")) as film:
        streams, tags = [stream.type for stream in film.streams], set(film.metadata)
    assert told == set()
    assert (streams, tags) == (["video", "audio"], BRANDS)
    transcript = Transcript.objects.get()
    assert page(f"media/{transcript.public_id}/captions.vtt").endswith("They wait in the street.\n")


def test_a_word_of_the_source_that_is_planted_in_public_is_found_and_named(published):
    word = next(
        entry["value"] for entry in Footage.objects.get().metadata if "MARK" in entry["value"]
    )
    name = "stories/cells/index.html"
    path = public_folder() / name
    path.write_text(path.read_text(encoding="utf-8") + f"<!-- {word} -->", encoding="utf-8")
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("leaks", "--json", stdout=out)

    found = [json.loads(line) for line in out.getvalue().splitlines()]
    assert {line["file"] for line in found} == {name}
    assert [line for line in found if word in line["what"]] == []
