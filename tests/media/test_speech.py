"""What a machine heard becomes lines; without a machine, a sentence says what to do."""

from itertools import pairwise

import pytest

from media import listening, queue, transcribing
from media.core.speech import cues_of
from media.listening import CannotListen
from media.models import Job, Transcript
from tests.factories import a_clip, a_playable_clip, a_transcript
from tests.media import studio, tiny_whisper

LONG = "They came at night and they took him away and nobody saw " * 3


def test_a_long_segment_becomes_lines_that_fit_and_share_its_time():
    cues = cues_of([[1.0, 13.0, LONG]])

    assert {len(line) <= 42 for cue in cues for line in cue.text.split("\n")} == {True}
    assert max(len(cue.text.split("\n")) for cue in cues) == 2
    assert " ".join(" ".join(cue.text for cue in cues).split()) == LONG.strip()
    assert (cues[0].start_ms, cues[-1].end_ms) == (1000, 13_000)
    assert all(one.end_ms == two.start_ms for one, two in pairwise(cues))


def test_silence_and_nonsense_become_no_lines():
    assert cues_of([[0, 1, "  "], [-1, 0, "Before."], [2, 2, "Now."]])[0].end_ms > 2000
    with pytest.raises(ValueError, match="a start"):
        cues_of([["a", "b"]])


@pytest.fixture
def clip(db):
    return a_playable_clip(title="The mill")


def test_without_a_model_a_sentence_says_what_to_do(clip, settings, tmp_path):
    settings.SPEECH_MODEL = ""
    nothing = listening.why_not(clip)
    settings.SPEECH_MODEL = str(tmp_path)
    empty = listening.why_not(clip)

    assert (nothing, empty) == (listening.NO_MODEL, listening.NO_MODEL_THERE)
    with pytest.raises(CannotListen, match="NEWSROOM_SPEECH_MODEL"):
        listening.ask_to_listen(clip, language="en", by="eli")
    assert list(Transcript.objects.all()) == []


def test_what_a_machine_made_is_a_draft_that_says_so(clip):
    draft = transcribing.begin(clip, language="en", kind="captions", by="eli")

    transcribing.fill(draft, [transcribing.Row("a", 0, 1000, "", "They came.")])

    made = clip.transcripts.live().get()
    assert (made.origin, made.state, made.checked_by) == ("machine", "draft", "")
    assert [cue.text for cue in made.cues.all()] == ["They came."]


def test_a_machine_does_not_write_over_a_person(clip):
    draft = transcribing.begin(clip, language="en", kind="captions", by="eli")
    row = transcribing.Row("a", 0, 1000, "", "We hid.")
    transcribing.save_version(draft, [row], by="eli", checked_by="")

    transcribing.fill(draft, [transcribing.Row("b", 0, 1000, "", "We died.")])

    assert [cue.text for cue in clip.transcripts.live().get().cues.all()] == ["We hid."]


def test_a_listener_that_cannot_start_fails_with_a_sentence(clip, settings, tmp_path):
    settings.SPEECH_MODEL = str(tmp_path)
    draft = transcribing.begin(clip, language="en", kind="captions", by="eli")
    job = queue.request("listen", draft.pk)

    queue.work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.reason) == (Job.State.FAILED, listening.FAILED)
    assert list(draft.cues.all()) == []


def test_a_clip_that_has_words_is_not_listened_to_again(db):
    transcript = a_transcript(a_clip())
    job = queue.request("listen", transcript.pk)

    queue.work(job.pk)

    job.refresh_from_db()
    assert job.state == Job.State.DONE


@pytest.mark.slow
def test_a_real_program_listens_in_the_jail_where_it_is_installed(clip, settings, tmp_path):
    """A tone is no speech: that it says so, and not that it failed, shows that it listened."""
    pytest.importorskip("faster_whisper", reason="make speech was not run")
    settings.SPEECH_MODEL = str(tiny_whisper.make(tmp_path / "model"))
    film = studio.film(tmp_path, seconds=2, channels=1)
    folder = settings.STORAGES["packages"]["OPTIONS"]["location"] / clip.current_package.public_id
    folder.mkdir()
    film.rename(folder / "clip.mp4")
    draft = listening.ask_to_listen(clip, language="en", by="eli")

    queue.work(Job.objects.of_kinds(["listen"]).get().pk)

    job = Job.objects.of_kinds(["listen"]).get()
    assert (job.state, job.reason) == (Job.State.FAILED, listening.NOTHING_HEARD)
    assert list(draft.cues.all()) == []
