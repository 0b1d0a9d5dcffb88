"""What stands in a form is read, whatever state it is in."""

from articles.core.form_words import read_form
from articles.core.snapshots import ClipState, Named, Snapshot, Told

BASE = Snapshot(
    texts={"headline": "Cells", "standfirst": "", "body": "<p>A</p>"},
    settings={"slug": "cells", "section": "World", "language": "en", "embargo_until": ""},
    named={"bylines": (Named(1, "Ali"),), "topics": (Named(2, "Mosul"),), "translation_of": ()},
    clips=(ClipState("house0000001", {"title": "", "caption": "Fire.", "alt": "", "credit": ""}),),
)


def test_a_field_that_the_form_has_not_stays_as_it_was():
    found = read_form({"headline": ["Hidden"]}, BASE)

    assert found.texts == {"headline": "Hidden", "standfirst": "", "body": "<p>A</p>"}
    assert found.settings == BASE.settings
    assert found.clips == BASE.clips


def test_topics_that_are_not_sent_were_taken_out_and_names_are_kept():
    form = {"bylines-TOTAL_FORMS": ["1"], "bylines-0-author": ["1"]}

    found = read_form(form, BASE)

    assert found.named["topics"] == ()
    assert [one.name for one in found.named["bylines"]] == ["Ali"]


def test_bylines_stand_in_their_order_without_those_that_were_taken_out():
    rows = [("7", "2", ""), ("8", "1", ""), ("9", "0", "on"), ("", "0", "")]
    form = {"bylines-TOTAL_FORMS": ["4"]}
    for number, (author, position, gone) in enumerate(rows):
        form[f"bylines-{number}-author"] = [author]
        form[f"bylines-{number}-position"] = [position]
        form[f"bylines-{number}-DELETE"] = [gone]

    assert [one.id for one in read_form(form, BASE).named["bylines"]] == [8, 7]


def test_the_body_is_cleaned_and_half_a_date_is_kept_as_it_was_typed():
    form = {"body": ["<p onclick=x()>A<script>b</script>"], "embargo_until": ["2026-0"]}

    found = read_form(form, BASE)

    assert found.body == "<p>A</p>"
    assert found.settings["embargo_until"] == "2026-0"


def test_words_of_clips_and_new_corrections_are_read_from_their_rows():
    form = {
        "embeds-TOTAL_FORMS": ["1"],
        "embeds-0-of": ["house0000001"],
        "embeds-0-caption": ["A fire."],
        "corrections-TOTAL_FORMS": ["3"],
        "corrections-0-id": ["4"],
        "corrections-0-text": ["An old one."],
        "corrections-1-text": ["It was Tuesday."],
        "corrections-1-at": ["2026-03-01T10:00"],
        "corrections-2-text": [" "],
    }

    found = read_form(form, BASE)

    assert found.clips[0].words["caption"] == "A fire."
    assert found.corrections == (Told("2026-03-01T10:00:00+00:00", "It was Tuesday."),)


def test_what_nobody_types_does_no_harm():
    form = {
        "bylines-TOTAL_FORMS": ["9" * 40],
        "embeds-TOTAL_FORMS": ["-1"],
        "corrections-TOTAL_FORMS": ["many"],
        "topics": ["9" * 40, "x"],
    }

    assert read_form(form, BASE).named["topics"] == ()
