"""Groups: who may do what, and that it can be given again without harm."""

import pytest
from django.contrib.auth.models import Group, Permission

from newsroom.people import GROUPS, make_groups
from tests.factories import a_person

pytestmark = pytest.mark.django_db


def permissions_of(group):
    found = Group.objects.get(name=group).permissions.select_related("content_type")
    return sorted(f"{p.content_type.app_label}.{p.codename}" for p in found)


def test_each_group_may_do_exactly_what_is_written():
    make_groups()

    assert {name: permissions_of(name) for name in GROUPS} == {
        name: sorted(wanted) for name, wanted in GROUPS.items()
    }
    assert sorted(Group.objects.values_list("name", flat=True)) == ["archivists", "editors"]


def test_making_the_groups_again_changes_nothing_and_takes_nothing_away():
    make_groups()
    extra = Permission.objects.get(codename="delete_topic")
    Group.objects.get(name="editors").permissions.add(extra)

    make_groups()

    assert permissions_of("editors") == sorted([*GROUPS["editors"], "articles.delete_topic"])


@pytest.mark.parametrize(
    ("permission", "who"),
    [
        ("articles.publish_article", ["editor"]),
        ("articles.withdraw_article", ["editor"]),
        ("articles.change_article", ["editor"]),
        ("media.add_footage", ["archivist"]),
        ("media.change_footage", ["archivist"]),
        ("media.clear_clip", ["archivist", "editor"]),
        ("media.view_custodyevent", ["archivist"]),
        ("articles.delete_article", []),
        ("media.delete_footage", []),
        ("media.delete_clip", []),
        ("media.delete_custodyevent", []),
        ("media.change_custodyevent", []),
        ("auth.change_user", []),
    ],
)
def test_only_who_should_may(permission, who):
    people = {
        "archivist": a_person("archivist", "archivists"),
        "editor": a_person("editor", "editors"),
        "nobody": a_person("nobody"),
    }

    assert [name for name, person in people.items() if person.has_perm(permission)] == who
