"""What differs between two versions of a story, as a person reads it."""

from articles.core.compare import State, compare, summary
from articles.core.snapshots import ClipState, Named, Snapshot, Told

NIGHT = "<p>They came at night.</p>"


def a_story(body=NIGHT, headline="Cells", **fields):
    return Snapshot({"headline": headline, "standfirst": "", "body": body}, **fields)


def rows(before, after, section=0):
    return [
        (row.state.value, [(piece.state.value, piece.html) for piece in row.pieces])
        for row in compare(before, after)[section].rows
        if row.state != State.SAME
    ]


def test_a_rewritten_paragraph_is_one_row_with_the_words_that_went_and_came():
    after = a_story("<p>They came late at night.</p><p>Nobody slept.</p>")

    assert rows(a_story(), after) == [
        ("changed", [("same", "They came"), ("new", " late"), ("same", " at night.")]),
        ("new", [("new", "Nobody slept.")]),
    ]


def test_another_paragraph_in_its_place_went_and_came_as_a_whole():
    assert rows(a_story(), a_story("<h2>A house</h2>")) == [
        ("new", [("new", "A house")]),
        ("gone", [("gone", "They came at night.")]),
    ]


def test_a_word_made_strong_or_a_link_is_a_change():
    after = a_story('<p>They came <a href="https://example.org/">at <em>night</em></a>.</p>')

    [(state, pieces)] = rows(a_story(), after)

    assert state == "changed"
    assert pieces[1:3] == [
        ("gone", "at night"),
        ("new", '<a href="https://example.org/">at <em>night</em></a>'),
    ]


def test_a_clip_that_was_put_in_is_named():
    clip = ClipState("house0000001", {"title": "A house <burns>"})
    after = a_story(f'{NIGHT}<figure data-clip="{clip.id}"></figure>', clips=(clip,))

    assert rows(a_story(), after) == [("new", [("new", "A house &lt;burns&gt;")])]


def test_what_was_said_of_clips_and_settings_is_compared_with_names():
    before = a_story(
        clips=(ClipState("house0000001", {"caption": "Fire."}, {"title": "A house"}),),
        settings={"section": "World"},
        named={"topics": (Named(1, "Iraq"),)},
    )
    after = a_story(
        clips=(ClipState("house0000001", {"caption": "A fire."}, {"title": "A house"}),),
        settings={"section": "World", "embargo_until": "2026-03-01T10:00:00+00:00"},
        named={"topics": (Named(1, "Iraq"), Named(2, "Mosul"))},
        corrections=(Told("2026-03-01T10:00:00+00:00", "It was Tuesday."),),
    )

    words, clips, settings, corrections = compare(before, after)

    changed = [
        row.label
        for row in (*clips.rows, *settings.rows, *corrections.rows)
        if row.state != State.SAME
    ]
    assert not words.is_changed
    assert changed == ["A house: caption here", "topics", "embargo until", "2026-03-01"]
    assert summary(before, after) == "clips, settings, corrections"


def test_rows_that_stayed_are_folded_together():
    before = a_story("".join(f"<p>{word}.</p>" for word in "abcde"))
    after = a_story(before.body.replace("<p>c.</p>", "<p>x.</p>"))

    stretches = compare(before, after)[0].stretches

    assert [(is_same, len(some)) for is_same, some in stretches] == [
        *((True, 4), (False, 2), (True, 2))
    ]


def test_a_summary_says_how_much_was_written():
    after = a_story("<p>They came late at night.</p><p>Nobody slept.</p>", headline="Hidden")

    assert summary(a_story(), after) == "headline, text (3 words more, 0 fewer)"
    assert summary(a_story(), a_story()) == ""
