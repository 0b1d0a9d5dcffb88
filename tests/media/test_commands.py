"""The commands about footage: one sentence on failure, one JSON object a line."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from media import journal, stores
from media.core.custody_chain import hash_of
from media.models import Clip, CustodyEvent, Footage, Job, Transcript
from tests.factories import a_clip, a_draft, a_footage
from tests.media import studio
from tests.media.kept import a_kept_footage, a_kept_package, overwrite, path_of
from tests.walls import tampered

FIELDS = ["file", "footage", "sha256", "status", "reason", "clip", "first_play_s", "total_s"]
VTT = "WEBVTT\n\n00:01.000 --> 00:02.500\nRun!\n"


def run(*arguments):
    """The objects that a command prints with --json, and how it failed, if it did."""
    out, failure = io.StringIO(), ""
    try:
        call_command(*map(str, arguments), "--json", stdout=out)
    except CommandError as error:
        failure = str(error)
    return [json.loads(line) for line in out.getvalue().splitlines()], failure


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return studio.film(tmp_path_factory.mktemp("film"), seconds=1)


@pytest.fixture
def letter(tmp_path):
    path = tmp_path / "letter.mp4"
    path.write_text("Dear editor")
    return path


# ingest -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_footage_is_taken_in_and_its_clip_asked_for(film):
    (result,), failure = run("ingest", film, "--source", "the baker")

    footage, clip = Footage.objects.get(), Clip.objects.get()
    assert list(result) == FIELDS
    assert (result["file"], result["footage"], result["clip"]) == (
        str(film),
        footage.public_id,
        clip.public_id,
    )
    assert (result["sha256"], result["status"]) == (footage.sha256, "ready")
    assert (footage.source_alias, failure) == ("the baker", "")
    assert list(Job.objects.values_list("kind", "state")) == [("first_play", "queued")]
    assert result["first_play_s"] is None


@pytest.mark.django_db
def test_of_several_files_each_is_answered_and_one_bad_one_is_a_failure(film, letter, tmp_path):
    results, failure = run("ingest", film, letter, tmp_path / "nothing.mp4")

    assert [result["status"] for result in results] == ["ready", "rejected", "failed"]
    assert [bool(result["reason"]) for result in results] == [False, True, True]
    assert "check its name and rights" in results[2]["reason"]
    assert failure == "2 of 3 files cannot be used: the reasons stand above."


@pytest.mark.django_db
def test_a_folder_is_taken_in_with_the_facts_that_lie_in_it(letter, tmp_path):
    (tmp_path / "facts.csv").write_text("file,source alias\nletter.mp4,Heron\n")
    (tmp_path / ".hidden.mp4").write_text("not meant")

    results, _failure = run("ingest", tmp_path, "--source", "Crane")

    assert [result["file"] for result in results] == [str(letter)]
    assert Footage.objects.get().source_alias == "Heron"


@pytest.mark.django_db
def test_a_table_is_wrong_before_anything_is_taken(letter, tmp_path):
    table = tmp_path / "known.csv"
    table.write_text("file,consent\nletter.mp4,perhaps\nno.mp4,none\n")

    results, failure = run("ingest", letter, "--facts", table)

    assert (results, Footage.objects.count()) == ([], 0)
    assert failure.splitlines() == [
        "known.csv, Line 2: consent: “perhaps” is not known, "
        "write one of unknown, none, anonymous, named, withdrawn.",
        "known.csv, Line 3: There is no file “no.mp4” beside the table.",
    ]


@pytest.mark.django_db
def test_a_folder_without_files_is_told(tmp_path):
    _, failure = run("ingest", tmp_path)

    assert failure == "There is no file in there: name files, or a folder with some."


@pytest.mark.django_db
def test_the_same_file_again_is_the_same_clip(film):
    (first,), _ = run("ingest", film)
    (second,), _ = run("ingest", film)

    assert (first["footage"], first["clip"]) == (second["footage"], second["clip"])
    assert Clip.objects.count() == 1


@pytest.mark.django_db
def test_a_clip_can_be_put_into_a_story(film):
    story = a_draft()

    (result,), _ = run("ingest", film, "--story", story.slug)

    assert [embed.clip.public_id for embed in story.embeds.all()] == [result["clip"]]


@pytest.mark.django_db
def test_a_story_that_does_not_exist_is_noticed_before_footage_is_taken(film):
    results, failure = run("ingest", film, "--story", "nowhere")

    assert (results, Footage.objects.count()) == ([], 0)
    assert "nowhere" in failure


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_whoever_waits_gets_a_clip_that_plays(film):
    (result,), failure = run("ingest", film, "--wait")

    assert (result["status"], failure) == ("ready", "")
    assert 0 < result["first_play_s"] <= result["total_s"]
    assert Clip.objects.packaged().get().public_id == result["clip"]


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_is_told_why_no_clip_was_made(film):
    run("ingest", film)
    footage = Footage.objects.get()
    with stores.localised("originals", footage.store_name) as path:
        path.chmod(0o600)
        path.write_bytes(b"no longer a film")

    (result,), failure = run("ingest", film, "--wait")

    assert result["status"] == "failed"
    assert result["reason"].startswith("The clip could not be encoded")
    assert failure == "1 of 1 files cannot be used: the reasons stand above."


@pytest.mark.django_db
def test_a_person_is_told_in_sentences(film, letter):
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("ingest", str(film), str(letter), stdout=out)

    ready, rejected = out.getvalue().splitlines()
    assert ready.startswith(f"{film}: clip {Clip.objects.get().public_id} in ")
    assert rejected.startswith(f"{letter}: rejected. This file cannot be read as video")


# transcript ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_caption_file_becomes_a_transcript(tmp_path):
    clip, path = a_clip(), tmp_path / "a.vtt"
    path.write_text(VTT)

    (result,), failure = run(
        "transcript", clip.public_id, path, "--language", "en", "--approve", "--machine"
    )

    assert failure == ""
    assert result == {
        "clip": clip.public_id,
        "language": "en",
        "kind": "captions",
        "cues": 1,
        "state": "approved",
        "problems": [],
    }
    assert Transcript.objects.get().origin == "machine"


@pytest.mark.django_db
@pytest.mark.parametrize("content", [None, "", "Dear editor"], ids=["missing", "empty", "a letter"])
def test_a_file_that_is_no_transcript_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "a.vtt"
    if content is not None:
        path.write_text(content)

    results, failure = run("transcript", a_clip().public_id, path, "--language", "en")

    assert results == []
    assert failure.endswith(".")


@pytest.mark.django_db
def test_a_clip_that_does_not_exist_is_named(tmp_path):
    _, failure = run("transcript", "nothing", tmp_path / "a.vtt", "--language", "en")

    assert failure == "There is no clip nothing: `ingest` prints the ids."


# custody and fixity -------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_unbroken_log_is_said_to_be_unbroken(letter):
    run("ingest", letter)

    head = CustodyEvent.objects.last().hash
    assert run("custody", "verify") == ([{"events": 2, "breaks": 0, "head": head}], "")


@pytest.mark.django_db
def test_a_broken_log_names_the_break(letter):
    run("ingest", letter)
    tampered("UPDATE media_custodyevent SET actor = 'x' WHERE number = 1")

    results, failure = run("custody", "verify")

    assert results == [{"break": "Event 1 was changed after it was written."}]
    assert failure == "The custody log is broken in 1 places: see above."


@pytest.mark.django_db
def test_whole_originals_are_said_to_be_whole(letter):
    run("ingest", letter)

    assert run("fixity", "--all") == ([{"checked": 1, "packages": 0, "damaged": 0}], "")
    assert CustodyEvent.objects.last().kind == "fixity_checked"


@pytest.mark.django_db
def test_a_missing_original_is_named():
    footage = a_footage()

    results, failure = run("fixity")

    assert [result["footage"] for result in results] == [footage.public_id]
    assert failure.startswith("1 of 1 are damaged, see above: put originals back from a backup")


@pytest.mark.django_db
def test_a_damaged_file_of_a_package_is_named_with_its_clip():
    package = a_kept_package()
    overwrite(path_of(package, "clip.mp4"), b"x")

    results, failure = run("fixity", "--all")

    told = {"package": package.public_id, "clip": package.clip.public_id}
    assert results == [{**told, "problem": "Changed: clip.mp4."}]
    assert failure.startswith("1 of 2 are damaged")


@pytest.mark.django_db
def test_a_log_is_verified_against_a_head_that_was_taken_out(letter, tmp_path):
    run("ingest", letter)
    head = tmp_path / "head.json"
    head.write_text(json.dumps(run("custody", "head")[0][0]))
    assert run("custody", "verify", "--against", head)[1] == ""
    for file in journal.folder().iterdir():
        file.unlink()
    tampered("DELETE FROM media_custodyevent WHERE number = 2")

    results, failure = run("custody", "verify", "--against", head)

    assert results == [{"break": "Event 2 is missing: it is the head that was exported."}]
    assert failure == "The custody log is broken in 1 places: see above."


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["[]", None])
def test_a_head_that_is_none_is_refused_with_a_sentence(tmp_path, content):
    head = tmp_path / "head.json"
    if content is not None:
        head.write_text(content)

    assert str(head) in run("custody", "verify", "--against", head)[1]


@pytest.mark.django_db
def test_there_is_no_head_of_an_empty_log():
    assert run("custody", "head")[1].startswith("The custody log is empty")


@pytest.mark.django_db
def test_the_log_of_one_footage_is_taken_out_in_the_words_of_premis(letter):
    run("ingest", letter)
    footage = Footage.objects.get()
    a_kept_footage()

    events, failure = run("custody", "export", "--footage", footage.public_id)

    assert ([event["eventType"] for event in events], failure) == (["ingestion", "quarantine"], "")
    assert [hash_of(event["record"]) for event in events] == [event["hash"] for event in events]
    assert len(run("custody", "export")[0]) == 3
