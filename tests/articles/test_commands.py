"""The commands of stories: their JSON, their exit codes, one sentence when they fail."""

import io
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles import demonstration, publishing
from articles.models import Article
from newsroom.people import make_groups
from tests.articles.public import page, public_files, public_folder
from tests.factories import a_draft, a_footage, a_playable_clip, a_ready_clip, a_transcript

ROOT = Path(__file__).resolve().parents[2]
STORY = "Mosul's hidden cells\n\nThey film what they do.\n\nThe pictures are hurried.\n"

with_database = pytest.mark.django_db


@pytest.fixture
def story_file(tmp_path):
    path = tmp_path / "story.txt"
    path.write_text(STORY, encoding="utf-8")
    return path


def answers(*command, **options):
    """The JSON objects that a command prints: one on each line, and nothing else."""
    out = io.StringIO()
    call_command(*map(str, command), stdout=out, json=True, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def failure(*command, **options):
    with pytest.raises(CommandError) as error:
        call_command(*map(str, command), stdout=io.StringIO(), **options)
    sentence = str(error.value)
    assert error.value.returncode == 1
    assert "\n" not in sentence
    return sentence


@with_database
def test_import_story_tells_what_was_made(story_file):
    facts = {
        "slug": "mosuls-hidden-cells",
        "url": "http://127.0.0.1:8000/stories/mosuls-hidden-cells/",
        "headline": "Mosul's hidden cells",
        "paragraphs": 2,
        "status": "draft",
    }

    assert answers("import_story", story_file) == [facts]


@with_database
def test_import_story_can_publish_at_once(story_file):
    [facts] = answers("import_story", story_file, slug="cells", publish=True)

    assert (facts["slug"], facts["status"]) == ("cells", "published")
    assert "The pictures are hurried." in page("stories/cells/index.html")


@with_database
def test_import_story_names_a_file_that_is_not_there(tmp_path):
    file = tmp_path / "none.txt"

    assert failure("import_story", file) == f"{file} cannot be read (No such file or directory)."


@with_database
def test_import_story_says_that_an_address_is_taken(story_file):
    a_draft(slug="cells")

    assert failure("import_story", story_file, slug="cells") == (
        "There is a story at /stories/cells/ already: choose another address."
    )


@with_database
def test_publish_places_the_story():
    article = a_draft(slug="cells")

    facts = answers("publish", "cells")

    url = "http://127.0.0.1:8000/stories/cells/"
    assert facts == [{"slug": "cells", "url": url, "status": "published"}]
    assert article.headline.split("'")[0] in page("stories/cells/index.html")


@with_database
@pytest.mark.parametrize("written", ["2100-01-31T06:00+00:00", "2100-01-31T06:00", "2100-01-31"])
def test_publish_schedules_for_a_moment(written):
    a_draft(slug="cells")

    [facts] = answers("publish", "cells", at=written)

    assert facts["status"] == "scheduled"
    assert Article.objects.get().published_at.date().isoformat() == "2100-01-31"
    assert public_files() == []


@with_database
@pytest.mark.parametrize("written", ["tomorrow", "2026-02-30T06:00", "2026-13-01", "06:00"])
def test_publish_refuses_a_moment_that_is_none(written):
    a_draft(slug="cells")

    assert failure("publish", "cells", at=written) == (
        f"“{written}” is no time: write it as 2026-01-31T06:00+00:00."
    )
    assert Article.objects.get().status == Article.Status.DRAFT


@with_database
def test_publish_tells_every_reason_why_not():
    a_draft(slug="cells", headline=" ", body="")

    assert failure("publish", "cells") == "The story has no headline. The story has no text."


@with_database
@pytest.mark.parametrize("command", [("publish", "cells"), ("withdraw", "cells", "--reason", "R")])
def test_a_story_that_is_not_there_is_a_sentence(command):
    assert failure(*command) == "There is no story at /stories/cells/: check the address."


@with_database
def test_withdraw_takes_the_story_back():
    publishing.publish(a_draft(slug="cells"), by=None)

    [facts] = answers("withdraw", "cells", "--reason", "Danger.")

    assert (facts["slug"], facts["status"]) == ("cells", "withdrawn")
    assert facts["seconds"] < 30
    assert [told.partition(":")[0] for told in facts["not_recalled"]][:2] == [
        "Feeds, sitemaps and data",
        "Social cards",
    ]
    assert [name for name in public_files() if "cells" in name] == []
    assert Article.objects.get().withdrawn_reason == "Danger."


@with_database
def test_withdraw_wants_a_reason():
    publishing.publish(a_draft(slug="cells"), by=None)

    assert failure("withdraw", "cells", "--reason", " ") == (
        "A story is withdrawn with a reason: write one."
    )


@with_database
def test_leaks_counts_what_it_read():
    publishing.publish(a_draft(), by=None)

    [facts] = answers("leaks")

    files = sum(path.is_file() for path in public_folder().rglob("*"))
    assert facts == {"files": files, "found": 0}


def a_public_story_about_a_place():
    entry = {"where": "udta", "name": "location", "value": "+36.3412+043.1299/"}
    clip = a_playable_clip(footage=a_footage(metadata=[entry]))
    captions = a_transcript(clip, "Words")
    # Without the clip's own files, which are no films here.
    article = publishing.publish(a_draft(slug="cells"), by=None)
    article.embeds.create(clip=clip, position=0)
    return captions


def leaking(capsys_out):
    return sorted({json.loads(line)["file"] for line in capsys_out.getvalue().splitlines()})


def failed_leaks():
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("leaks", "--json", stdout=out)
    return leaking(out), str(error.value)


@with_database
def test_leaks_names_a_page_into_which_a_place_was_written():
    a_public_story_about_a_place()
    path = public_folder() / "stories/cells/index.html"
    path.write_text(path.read_text() + "<!-- +36.3412+043.1299/ -->")

    named, sentence = failed_leaks()

    files = sum(path.is_file() for path in public_folder().rglob("*"))
    assert named == ["stories/cells/index.html"]
    assert sentence == f"1 of {files} public files leak: withdraw them."


@with_database
def test_leaks_names_captions_into_which_a_place_was_written():
    captions = a_public_story_about_a_place()
    name = f"media/{captions.public_id}/captions.vtt"
    (public_folder() / name).parent.mkdir(parents=True)
    (public_folder() / name).write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nAt 36.3412 north\n")

    assert failed_leaks()[0] == [name]


@with_database
def test_leaks_names_a_file_that_nobody_placed():
    publishing.publish(a_draft(), by=None)
    (public_folder() / "IMG_0001.MOV").write_bytes(b"an original")

    assert failed_leaks()[0] == ["IMG_0001.MOV"]


@with_database
def test_the_demos_people_get_passwords_once(stores_of_its_own):
    make_groups()

    first, second = demonstration.people(), demonstration.people()

    assert first == second
    assert sorted(first) == ["archivist", "editor"]
    assert (stores_of_its_own / "demo-passwords.json").stat().st_mode & 0o777 == 0o600


@with_database
def test_a_scheduled_story_can_be_taken_back_by_command():
    publishing.publish(
        a_draft(a_ready_clip(), slug="cells"), by=None, at=timezone.now() + timedelta(1)
    )

    assert answers("withdraw", "cells", "--reason", "R")[0]["status"] == "withdrawn"


def run(*command, data):
    environment = {**os.environ, "NEWSROOM_DATA_DIR": str(data), "NEWSROOM_LOG": "ERROR"}
    environment.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, command)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
def test_the_first_command_in_an_empty_data_folder_prepares_it(tmp_path, story_file):
    data = tmp_path / "new"

    imported = run("import_story", story_file, "--slug", "cells", "--publish", "--json", data=data)
    again = run("import_story", story_file, "--slug", "cells", "--json", data=data)

    [line] = imported.stdout.splitlines()
    assert (imported.returncode, json.loads(line)["status"]) == (0, "published")
    assert (data / "public/stories/cells/index.html").is_file()
    sentence = "There is a story at /stories/cells/ already: choose another address."
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.splitlines() == [f"CommandError: {sentence}"]
