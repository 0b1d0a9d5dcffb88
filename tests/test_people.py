"""Groups: who may do what, and that it can be given again without harm."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission

from newsroom.people import GROUPS, make_groups
from tests.factories import a_person

pytestmark = pytest.mark.django_db

MANUAL = (Path(settings.BASE_DIR) / "docs" / "workflow.md").read_text(encoding="utf-8")


def permissions_of(group):
    found = Group.objects.get(name=group).permissions.select_related("content_type")
    return sorted(f"{p.content_type.app_label}.{p.codename}" for p in found)


def test_each_group_may_do_exactly_what_is_written():
    make_groups()

    assert {name: permissions_of(name) for name in GROUPS} == {
        name: sorted(wanted) for name, wanted in GROUPS.items()
    }
    assert sorted(Group.objects.values_list("name", flat=True)) == sorted(GROUPS)


def test_making_the_groups_again_changes_nothing_and_takes_nothing_away():
    make_groups()
    extra = Permission.objects.get(codename="delete_topic")
    Group.objects.get(name="editors").permissions.add(extra)

    make_groups()

    assert permissions_of("editors") == sorted([*GROUPS["editors"], "articles.delete_topic"])


def test_the_table_of_the_manual_says_what_the_groups_may_do():
    rows = [line.strip("| ").split("|") for line in MANUAL.splitlines() if "_article`" in line]
    rows += [line.strip("| ").split("|") for line in MANUAL.splitlines() if "`media." in line]
    told = {cells[1].strip(" `"): [cell.strip() for cell in cells[2:7]] for cells in rows}

    order = ("writers", "editors", "publishers", "legal", "archivists")
    given = {
        permission: ["yes" if permission in GROUPS[name] else "" for name in order]
        for permission in told
    }
    assert len(told) >= 11
    assert {permission: (cells + [""] * 5)[:5] for permission, cells in told.items()} == given


@pytest.mark.parametrize(
    ("permission", "who"),
    [
        ("articles.publish_article", ["editor", "publisher"]),
        ("articles.withdraw_article", ["editor", "lawyer", "publisher"]),
        ("articles.change_article", ["editor", "writer"]),
        ("articles.approve_article", ["editor"]),
        ("articles.answer_article", ["editor", "lawyer"]),
        ("articles.add_correction", ["editor"]),
        ("media.change_clip", ["archivist", "editor"]),
        ("media.view_footage", ["archivist", "editor", "lawyer", "publisher"]),
        ("media.add_footage", ["archivist"]),
        ("media.change_footage", ["archivist"]),
        ("media.clear_clip", ["archivist", "editor", "lawyer", "publisher"]),
        ("media.view_custodyevent", ["archivist", "lawyer"]),
        ("articles.delete_article", []),
        ("media.delete_footage", []),
        ("media.delete_clip", []),
        ("media.view_fixitycheck", ["archivist", "lawyer"]),
        ("media.open_footage", ["archivist"]),
        ("media.delete_custodyevent", []),
        ("media.change_custodyevent", []),
        ("auth.change_user", []),
    ],
)
def test_only_who_should_may(permission, who):
    people = {
        "archivist": a_person("archivist", "archivists"),
        "editor": a_person("editor", "editors"),
        "lawyer": a_person("lawyer", "legal"),
        "nobody": a_person("nobody"),
        "publisher": a_person("publisher", "publishers"),
        "writer": a_person("writer", "writers"),
    }

    assert [name for name, person in people.items() if person.has_perm(permission)] == who
