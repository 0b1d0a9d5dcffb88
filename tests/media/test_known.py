"""What is known of footage: written once, found by every word, and never told to readers."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media import custody, describing, leakscan
from media.errors import LeakFound
from media.models import CustodyEvent, Footage, Relation, SavedFilter
from tests.factories import a_clip, a_footage, a_person
from tests.media.test_admin_footage import FORM, PROBE

pytestmark = pytest.mark.django_db

LIST = reverse("admin:media_footage_changelist")
KEEP = reverse("admin:media_footage_filter_keep")


def found(client, **asked):
    page = client.get(LIST, asked)
    return sorted(one.original_name for one in page.context["cl"].result_list)


def change(client, footage, **fields):
    address = reverse("admin:media_footage_change", args=[footage.pk])
    return client.post(address, {**FORM, **fields})


def test_footage_is_found_by_every_word_that_is_known_of_it():
    fields = (
        *("source_alias", "source_reached", "risk_note", "obtained_how", "recorded_by"),
        *("recorded_when", "recorded_where", "verified_when", "verified_where"),
        *("verification_steps", "consent_scope", "restrictions", "tags", "rights_holder"),
        "original_name",
    )
    for field in fields:
        a_footage(**{field: f"the bridge of {field}"})
    desk = admin.site.get_model_admin(Footage)

    found = {
        field: desk.get_search_results(None, Footage.objects.all(), f"BRIDGE {field}")[0].count()
        for field in fields
    }

    assert found == dict.fromkeys(fields, 1)


def test_footage_is_found_by_the_words_of_its_clips(archivist):
    a_clip(title="A house is set alight", footage=a_footage(original_name="wanted.mov"))
    a_clip(title="The gate", footage=a_footage(original_name="other.mov"))

    assert found(archivist, q="alight") == ["wanted.mov"]


def test_a_tag_is_a_word_between_commas_and_not_a_part_of_one(archivist):
    for name, tags in {"a": "gate, night", "b": "night gate", "c": "Gate"}.items():
        a_footage(original_name=name, tags=tags)

    assert found(archivist, tag="gate") == ["a", "c"]


def test_footage_that_came_more_than_once_is_shown(archivist):
    twice = a_footage(original_name="twice.mov")
    for footage in (twice, a_footage(original_name="once.mov")):
        custody.record(footage, CustodyEvent.Kind.RECEIVED, actor="ada")
    for _ in range(2):
        custody.record(twice, CustodyEvent.Kind.RECEIVED_AGAIN, actor="ada")

    assert found(archivist, twice="yes") == ["twice.mov"]


def test_a_filter_is_kept_under_a_name_and_shown_to_whoever_kept_it(archivist, client):
    theirs = SavedFilter.objects.create(
        owner=a_person("aya", "archivists"), name="Theirs", query="q=x"
    )

    kept = archivist.post(KEEP, {"name": "Night", "query": "tag=night&p=2&q=gate"})
    page = archivist.get(LIST, {"q": "gate", "tag": "night"})
    forgotten = [
        archivist.post(reverse("admin:media_footage_filter_forget", args=[one.pk])).status_code
        for one in (theirs, SavedFilter.objects.get(name="Night"))
    ]

    assert kept.url == f"{LIST}?q=gate&tag=night"
    assert [(one.name, shown) for one, shown in page.context["kept_filters"]] == [("Night", True)]
    assert page.context["can_keep"] is False
    assert forgotten == [404, 302]
    assert list(SavedFilter.objects.all()) == [theirs]


def test_a_filter_that_asks_nothing_is_not_kept(archivist):
    archivist.post(KEEP, {"name": "All", "query": "p=2"})

    assert SavedFilter.objects.count() == 0


def test_the_list_asks_the_database_as_often_for_three_as_for_one(archivist):
    a_footage(tags="gate")
    with CaptureQueriesContext(connection) as one:
        archivist.get(LIST)
    for _ in range(2):
        a_footage(tags="gate")

    with CaptureQueriesContext(connection) as three:
        archivist.get(LIST)

    assert len(one) == len(three)


def test_whoever_says_how_far_footage_is_verified_signs_for_it(archivist):
    footage = a_footage(probe=PROBE)

    change(archivist, footage, tags="gate")
    unsigned = Footage.objects.get().verified_by
    change(archivist, footage, verification="partly", verification_steps="The shadows fit.")

    signed = Footage.objects.get()
    assert (unsigned, signed.verified_by) == ("", "ada")
    assert signed.verified_at is not None
    assert signed.verification_steps == "The shadows fit."


def test_related_footage_is_named_on_the_pages_of_both(archivist):
    first, second = a_footage(probe=PROBE), a_footage(probe=PROBE)
    rows = {
        "relations-TOTAL_FORMS": "1",
        "relations-0-other": str(second.pk),
        "relations-0-kind": "angle",
    }

    change(archivist, first, **rows)
    page = archivist.get(reverse("admin:media_footage_change", args=[second.pk]))

    assert Relation.objects.get().other == second
    assert page.context["related"] == [("other angle of the same moment", first)]


def test_no_page_may_tell_what_was_written_of_the_source():
    told = {
        "source_alias": "the heron of Basra",
        "source_reached": "through the bakery",
        "obtained_how": "on a card, by hand",
        "recorded_by": "the heron's brother",
        "risk_note": "His voice is known.",
        "recorded_where": "behind the bakery",
    }
    marks = leakscan.page_marks([a_footage(**told, verified_where="Damascus")], written="")

    for words in told.values():
        with pytest.raises(LeakFound):
            leakscan.check_page("index.html", f"<p>{words}</p>".encode(), marks)
    assert leakscan.page_findings("index.html", b"<p>Damascus</p>", marks) == []


def test_what_an_editor_wrote_on_purpose_is_told():
    footage = a_footage(source_alias="the heron of Basra")

    marks = leakscan.page_marks([footage], written="By the heron of Basra")

    assert leakscan.page_findings("index.html", b"<p>the heron of Basra</p>", marks) == []


def test_words_for_what_is_known_may_be_written_as_they_are_shown():
    told = {"consent": "Only without the source's name", "tags": " ", "colour": "red"}

    assert describing.cleaned(told) == {"consent": "anonymous"}


GUIDE = Path(settings.BASE_DIR) / "docs" / "receiving.md"


def test_the_guide_names_every_column_and_every_word_for_it():
    guide = GUIDE.read_text(encoding="utf-8")
    words = {
        str(value)
        for name in describing.FACTS
        for value, _label in Footage._meta.get_field(name).choices or ()
    }

    assert [name for name in (*describing.FACTS, *words) if f"`{name}`" not in guide] == []


def test_the_table_in_the_guide_is_one(tmp_path):
    lines = GUIDE.read_text(encoding="utf-8").splitlines()
    first = lines.index("    file,source alias,obtained how,obtained on,consent,tags")
    table = tmp_path / "facts.csv"
    table.write_text("\n".join(line.strip() for line in lines[first : first + 3]))
    (tmp_path / "day 2").mkdir()
    for name in ("gate.mov", "day 2/yard.mov"):
        (tmp_path / name).touch()

    found = describing.read_table(table)

    assert found.problems == []
    assert found.of["gate.mov"]["tags"] == "gate, night"
