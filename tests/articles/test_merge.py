"""Two people's changes of one story, put together."""

import random

import pytest

from articles.core.body import blocks
from articles.core.merge import Outcome, merge
from articles.core.snapshots import ClipState, Named, Snapshot, Told


def a_story(*paragraphs, headline="Cells", **fields):
    body = "".join(text if text.startswith("<") else f"<p>{text}</p>" for text in paragraphs)
    return Snapshot({"headline": headline, "standfirst": "", "body": body}, **fields)


def merged(before, theirs, yours, **choices):
    return merge(before, theirs, yours).resolved(choices)


def words_of(snapshot):
    return [html.removeprefix("<p>").removesuffix("</p>") for html in blocks(snapshot.body)]


@pytest.mark.parametrize(
    ("before", "theirs", "yours", "together"),
    [
        ("A B C", "A1 B C", "A B C1", "A1 B C1"),
        ("A B", "A1 B", "A B1", "A1 B1"),
        ("A B", "X A B", "A B Y", "X A B Y"),
        ("A", "A X", "A Y", "A X Y"),
        ("A B C", "A C", "A B C Y", "A C Y"),
        ("A B C", "A B", "B C", "B"),
        ("A", "A1", "A1", "A1"),
        ("", "X", "Y", "X Y"),
        ("A B C D", "A B C D", "D", "D"),
        ("A B", "", "A B", ""),
    ],
)
def test_blocks_that_do_not_contradict_one_another_are_merged(before, theirs, yours, together):
    stories = [a_story(*text.split()) for text in (before, theirs, yours)]

    found = merge(*stories)

    assert found.conflicts == ()
    assert words_of(found.resolved({})) == together.split()


@pytest.mark.parametrize(
    ("theirs", "yours"),
    [("A A1 B", "A A2 B"), ("A1 B", "A2 B"), ("B", "A2 B"), ("A1 B", "B")],
)
def test_a_block_that_both_changed_is_for_a_person_to_decide(theirs, yours):
    before = a_story("A", "B") if "A A" not in theirs else a_story("A", "A0", "B")
    stories = a_story(*theirs.split()), a_story(*yours.split())

    found = merge(before, *stories)

    [conflict] = found.conflicts
    assert words_of(found.resolved({conflict.key: "theirs"})) == theirs.split()
    assert words_of(found.resolved({conflict.key: "yours"})) == yours.split()


def test_both_versions_of_a_block_may_stand():
    before, theirs, yours = a_story("A", "B"), a_story("A1", "B"), a_story("A2", "B")

    [conflict] = merge(before, theirs, yours).conflicts

    assert conflict.may_be_both
    assert words_of(merged(before, theirs, yours, **{conflict.key: "both"})) == ["A1", "A2", "B"]


def test_a_rewritten_paragraph_and_one_put_after_it_are_two_changes():
    night = "They came at night, four of them."
    before = a_story(night, "End.")
    theirs = a_story("They came at night, five of them.", "End.")
    yours = a_story(night, "Nobody slept.", "Nobody spoke.", "End.")

    assert words_of(merged(before, theirs, yours)) == [
        *("They came at night, five of them.", "Nobody slept.", "Nobody spoke.", "End.")
    ]


def test_lines_clips_people_and_settings_are_merged_each_for_itself():
    clip = ClipState("house0000001", {"title": "", "caption": "Fire.", "alt": "", "credit": ""})
    before = a_story(
        "A",
        settings={"section": "World", "language": "en"},
        named={"topics": (Named(1, "Iraq"), Named(2, "Mosul")), "translation_of": ()},
        clips=(clip,),
    )
    theirs = a_story(
        "A",
        headline="Hidden cells",
        settings={"section": "World", "language": "ar"},
        named={"topics": (Named(2, "Mosul"), Named(3, "War")), "translation_of": ()},
        clips=(ClipState(clip.id, {**clip.words, "caption": "A fire."}),),
        corrections=(Told("2026-03-01T10:00:00+00:00", "It was Tuesday."),),
    )
    yours = a_story(
        "A",
        settings={"section": "Iraq", "language": "en"},
        named={"topics": (Named(1), Named(2), Named(4, "Film")), "translation_of": (Named(9),)},
        clips=(ClipState(clip.id, {**clip.words, "credit": "Ali"}),),
        corrections=(Told("2026-03-02T10:00:00+00:00", "It was Ali."),),
    )

    found = merge(before, theirs, yours)
    story = found.resolved({})

    assert found.conflicts == ()
    assert story.texts["headline"] == "Hidden cells"
    assert story.settings == {"section": "Iraq", "language": "ar"}
    assert [one.id for one in story.named["topics"]] == [2, 4, 3]
    assert [one.id for one in story.named["translation_of"]] == [9]
    assert story.clips[0].words == {"title": "", "caption": "A fire.", "alt": "", "credit": "Ali"}
    assert [told.text for told in story.corrections] == ["It was Tuesday.", "It was Ali."]


def test_a_headline_that_both_changed_is_chosen():
    before, theirs, yours = (a_story("A", headline=text) for text in ("A", "B", "C"))

    [conflict] = merge(before, theirs, yours).conflicts

    assert (conflict.key, conflict.may_be_both) == ("headline", False)
    assert merged(before, theirs, yours, headline="theirs").texts["headline"] == "B"
    assert merged(before, theirs, yours).texts["headline"] == "C"


def test_what_nobody_else_touched_needs_no_merging():
    before, yours = a_story("A"), a_story("B")

    assert merge(before, before, yours).is_one_sided
    assert not merge(before, a_story("A", "X"), yours).is_one_sided


def test_of_many_random_pairs_of_changes_nothing_is_lost():
    """Every word that somebody wrote is in the merge, where both versions are kept."""
    chance = random.Random(20_260_301)
    for number in range(300):
        before = [f"old{index}" for index in range(chance.randrange(5))]
        theirs, yours = (changed(chance, before, f"{who}{number}") for who in ("their", "your"))
        stories = a_story(*before), a_story(*theirs), a_story(*yours)

        found = merge(*stories)
        choices = {part.key: "both" for part in found.conflicts}
        together = words_of(found.resolved(choices))

        new = {word for word in (*theirs, *yours) if word not in before}
        assert new <= set(together)
        assert {word for word in before if word in theirs and word in yours} <= set(together)
        assert {part.outcome for part in found.parts} <= set(Outcome)


def changed(chance, before, name):
    """A text after a few changes; each new word is known by who wrote it."""
    found = list(before)
    for step in range(chance.randrange(1, 4)):
        place = chance.randrange(len(found) + 1)
        act = chance.choice(("insert", "rewrite", "remove"))
        if act == "insert" or place == len(found):
            found.insert(place, f"{name}-{step}")
        elif act == "rewrite":
            found[place] = f"{name}-{step}"
        elif found[place] in before:
            del found[place]
    return found
