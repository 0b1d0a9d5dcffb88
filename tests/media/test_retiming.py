"""Words and warnings follow a clip that is cut anew, and come back when the cut is made wider."""

import pytest

from media import retiming, transcribing
from media.core.cue_rows import Row
from media.core.trim import follow, inside
from media.core.veils import Veil
from media.models import Clip, Transcript, Warning
from tests.factories import a_clip, a_package

WHOLE = Veil(0, 10_000)


def row(key, start_ms, end_ms, text="They came."):
    return Row(key, start_ms, end_ms, "", text)


def times(rows):
    return [(one.key, one.start_ms, one.end_ms) for one in rows]


def test_lines_move_with_the_cut_and_what_is_outside_waits():
    rows = [row("a", 0, 1000), row("b", 4500, 6000), row("c", 7000, 8000), row("d", 8900, 9900)]

    shown, aside = follow(rows, [], was=WHOLE, cut=Veil(5000, 9000))

    assert times(shown) == [("b", 0, 1000), ("c", 2000, 3000), ("d", 3900, 4000)]
    assert times(aside) == [("a", 0, 1000), ("b", 4500, 6000), ("d", 8900, 9900)]


def test_a_wider_cut_brings_everything_back_with_the_words_of_today():
    narrow = Veil(5000, 9000)
    rows = [row("a", 0, 1000), row("b", 4500, 6000), row("c", 7000, 8000)]
    shown, aside = follow(rows, [], was=WHOLE, cut=narrow)
    edited = [row("b", 0, 1000, "We hid."), *shown[1:]]

    again, left = follow(edited, aside, was=narrow, cut=WHOLE)

    assert times(again) == times(rows)
    assert (again[1].text, left) == ("We hid.", [])


def test_a_line_that_was_taken_out_at_the_edge_does_not_come_back():
    narrow = Veil(5000, 9000)
    _, aside = follow([row("b", 4500, 6000)], [], was=WHOLE, cut=narrow)

    assert follow([], aside, was=narrow, cut=WHOLE) == ([], [])


def test_of_a_span_at_the_edge_less_than_a_blink_is_nothing():
    assert inside(0, 5050, Veil(5000, 9000)) is None
    assert inside(5000, 5050, Veil(5000, 9000)) == (0, 50)


# In the database --------------------------------------------------------------------------------


@pytest.fixture
def clip(db):
    clip = a_clip(title="The mill")
    a_package(clip)
    return clip


def words(clip, *rows, approve):
    begun = transcribing.begin(clip, language="en", kind="captions", by="eli")
    return transcribing.save_version(begun, rows, by="eli", checked_by="", approve=approve)


def cut(clip, start_ms, end_ms):
    """As the desk and a worker do it, but for the encoding."""
    now = Clip.objects.get(pk=clip.pk)
    before = now.current_package
    length_ms = (end_ms or 10_000) - start_ms
    after = a_package(now, start_ms=start_ms, end_ms=end_ms, duration_ms=length_ms)
    retiming.follow_cut(before, after)


def cues(transcripts):
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in transcripts.get().cues.all()]


def test_readers_captions_and_the_draft_beside_them_both_follow(clip):
    words(clip, row("a", 1000, 2000), row("b", 6000, 7000), approve=True)
    words(clip, row("a", 1000, 2000, "New."), row("b", 6000, 7000, "Newer."), approve=False)

    cut(clip, 5000, None)

    assert cues(Transcript.objects.approved()) == [(1000, 2000, "They came.")]
    assert cues(Transcript.objects.live()) == [(1000, 2000, "Newer.")]
    cut(clip, 0, None)
    assert cues(Transcript.objects.approved()) == [
        *((1000, 2000, "They came."), (6000, 7000, "They came."))
    ]
    assert cues(Transcript.objects.live()) == [(1000, 2000, "New."), (6000, 7000, "Newer.")]


def test_withheld_words_wait_and_come_back_withheld(clip):
    words(clip, row("a", 1000, 2000, "[[Maryam]]"), approve=True)

    cut(clip, 5000, None)
    cut(clip, 0, None)

    assert "Maryam" not in str(cues(Transcript.objects.approved()))
    [one] = transcribing.rows_of(Transcript.objects.approved().get())
    assert one.text == "[[Maryam]]"


def test_a_warning_follows_and_is_whole_again_when_the_cut_is(clip):
    span = {"clip": clip, "kind": "death", "wording": "A man is killed."}
    Warning.objects.create(**span, start_ms=4000, end_ms=6000)
    Warning.objects.create(**span, start_ms=8000, end_ms=9000)
    Warning.objects.create(clip=clip, kind="violence")

    cut(clip, 5000, 7000)
    narrow = sorted(Warning.objects.values_list("kind", "start_ms", "end_ms"), key=str)
    spans = Clip.objects.get().warned_spans
    cut(clip, 0, None)

    assert narrow == [("death", 0, 1000), ("violence", None, None)]
    assert spans == ((4000, 6000), (8000, 9000))
    assert sorted(Warning.objects.values_list("kind", "start_ms", "end_ms"), key=str) == [
        *(("death", 4000, 6000), ("death", 8000, 9000), ("violence", None, None))
    ]
    assert {one.wording for one in Warning.objects.filter(kind="death")} == {"A man is killed."}


def test_a_package_of_the_same_cut_changes_no_word(clip):
    words(clip, row("a", 1000, 2000), approve=True)

    cut(clip, 0, None)

    assert Transcript.objects.count() == 2
