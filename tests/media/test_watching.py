"""A watched folder: only what is whole is taken, and what became of it lies beside it."""

import errno
import io
import json
import os
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from media import intake, watching
from media.models import CustodyEvent, Footage
from newsroom import supervisor
from tests.media import studio

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return studio.film(tmp_path_factory.mktemp("film"), seconds=1)


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def put(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def look(folder, *, settled_s=0.0, **facts):
    return list(watching.look(folder, actor="ada", facts=facts, settled_s=settled_s))


def lying(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_film_is_taken_with_its_facts_and_moved_beside_a_note(folder, film):
    (folder / "day 2").mkdir()
    shutil.copy(film, folder / "day 2" / "gate.mp4")
    put(folder, "day 2/facts.csv", "file,source alias,consent\ngate.mp4,Heron,anonymous\n")

    [outcome] = look(folder, tags="gate")

    footage = Footage.objects.get()
    assert (footage.state, footage.arrival, footage.source_alias, footage.tags) == (
        *("ready", "folder"),
        *("Heron", "gate"),
    )
    assert footage.clips.count() == 1
    assert lying(folder) == [
        *("day 2/facts.csv", "taken/day 2/gate.mp4", "taken/day 2/gate.mp4.note.txt"),
    ]
    assert footage.sha256 in (folder / "taken/day 2/gate.mp4.note.txt").read_text()
    assert outcome.footage == footage
    assert look(folder) == []


def test_what_cannot_be_used_is_refused_with_its_reason(folder):
    put(folder, "letter.mp4", "Dear editor")

    look(folder)

    footage = Footage.objects.get()
    assert lying(folder) == ["refused/letter.mp4", "refused/letter.mp4.note.txt"]
    assert footage.reason in (folder / "refused/letter.mp4.note.txt").read_text()


def test_a_file_whose_facts_are_wrong_is_refused_and_not_taken_without_them(folder):
    put(folder, "a.mp4", "a film")
    put(folder, "facts.csv", "file,consent\na.mp4,perhaps\n")

    [outcome] = look(folder)

    assert "facts.csv, Line 2: consent: “perhaps” is not known" in outcome.note
    assert Footage.objects.count() == 0
    assert lying(folder) == ["facts.csv", "refused/a.mp4", "refused/a.mp4.note.txt"]


def test_a_file_that_somebody_still_writes_is_left_alone(folder):
    path = put(folder, "a.mp4", "a film")

    with path.open("ab"):
        during = look(folder)
    after = look(folder)

    assert (during, len(after)) == ([], 1)


def test_a_file_that_has_just_changed_is_left_alone_whatever_its_date(folder):
    path = put(folder, "a.mp4", "a film")
    os.utime(path, (0, 0))

    assert look(folder, settled_s=60) == []
    assert lying(folder) == ["a.mp4"]


def test_a_table_that_has_just_changed_is_waited_for(folder, monkeypatch):
    put(folder, "a.mp4", "a film")
    table = put(folder, "facts.csv", "file\n")

    with table.open("a"):
        assert look(folder) == []


@pytest.mark.parametrize("name", [".hidden.mp4", ".day/a.mp4", "a.mp4.part", "a.crdownload"])
def test_what_is_hidden_or_unfinished_by_its_name_is_left_alone(folder, name):
    put(folder, name, "a film")

    assert look(folder) == []


def test_a_link_leads_nowhere(folder, tmp_path_factory):
    secret = put(tmp_path_factory.mktemp("elsewhere"), "secret.mp4", "a film")
    (folder / "a.mp4").symlink_to(secret)

    assert look(folder) == []
    assert Footage.objects.count() == 0


def test_whoever_was_killed_before_the_file_was_moved_takes_the_same_footage(folder):
    path = put(folder, "a.mp4", "a film")
    intake.receive_file(path, intake.Arrival(Footage.Arrival.FOLDER, "ada"))

    [outcome] = look(folder)

    assert Footage.objects.get() == outcome.footage
    assert CustodyEvent.objects.filter(kind=CustodyEvent.Kind.RECEIVED_AGAIN).count() == 1
    assert lying(folder) == ["refused/a.mp4", "refused/a.mp4.note.txt"]


def test_two_files_of_one_name_are_both_kept(folder):
    for content in ("one", "two"):
        put(folder, "a.mp4", content)
        look(folder)

    assert lying(folder / "refused") == [
        *("a 2.mp4", "a 2.mp4.note.txt", "a.mp4", "a.mp4.note.txt"),
    ]


def test_a_full_disk_leaves_everything_where_it_is(folder, monkeypatch):
    put(folder, "a.mp4", "a film")

    def is_full(*_arguments: object, **_options: object) -> Footage:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(intake, "receive_file", is_full)
    out, told = io.StringIO(), io.StringIO()
    call_command("watch", str(folder), "--once", "--settled=0", stdout=out, stderr=told)

    assert (lying(folder), out.getvalue()) == (["a.mp4"], "")
    assert "The disk is full" in told.getvalue()


def test_the_command_says_what_became_of_each_file(folder):
    put(folder, "a.mp4", "a film")
    out = io.StringIO()

    call_command("watch", str(folder), "--once", "--settled=0", "--json", stdout=out)

    told = json.loads(out.getvalue())
    assert (told["file"], told["moved_to"]) == ("a.mp4", "refused/a.mp4")
    assert told["footage"] == Footage.objects.get().public_id


def test_a_folder_that_is_not_there_is_named(folder):
    with pytest.raises(CommandError, match="is no folder that can be written"):
        call_command("watch", str(Path(folder) / "nowhere"), "--once")


def test_serve_watches_the_folder_that_is_named_and_none_otherwise(settings, folder):
    settings.WATCHED_FOLDER = ""
    without = supervisor.watcher_programs()
    settings.WATCHED_FOLDER = str(folder)

    [watcher] = supervisor.watcher_programs()

    assert without == []
    assert list(watcher.command)[-2:] == ["watch", str(folder)]
