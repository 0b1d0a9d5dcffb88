"""Fixity: an original that changed, or is gone, is found."""

import pytest

from media import fixity, stores
from media.models import CustodyEvent, Footage
from tests.factories import a_footage

pytestmark = pytest.mark.django_db


def a_kept_footage(content=b"film"):
    name = f"aa/{Footage.objects.count()}"
    received = stores.receive([content], name=name)
    return a_footage(store_name=name, sha256=received.sha256)


def damage(data, footage, content=b"changed"):
    path = data / "originals" / footage.store_name
    path.chmod(0o600)
    path.write_bytes(content)


def problems(**options):
    return {
        footage.pk: problem
        for footage, problem in fixity.check(**{"most": None, "actor": "ana", **options})
    }


def test_originals_that_are_whole_are_said_to_be_whole():
    footage = a_kept_footage()

    assert problems() == {footage.pk: ""}


def test_a_changed_original_is_named(stores_of_its_own):
    whole, changed = a_kept_footage(b"one"), a_kept_footage(b"two")
    damage(stores_of_its_own, changed)

    assert problems() == {whole.pk: "", changed.pk: "The original's bytes have changed."}


def test_one_changed_bit_is_enough(stores_of_its_own):
    footage = a_kept_footage(b"film")
    damage(stores_of_its_own, footage, b"filn")

    assert problems() == {footage.pk: "The original's bytes have changed."}


def test_a_missing_original_is_named(stores_of_its_own):
    footage = a_kept_footage()
    (stores_of_its_own / "originals" / footage.store_name).unlink()

    assert problems() == {footage.pk: "The original is missing from the vault."}


def test_every_look_is_written_down(stores_of_its_own):
    damage(stores_of_its_own, a_kept_footage())

    problems()

    event = CustodyEvent.objects.get()
    assert (event.kind, event.actor, event.detail) == ("fixity_checked", "ana", {"is_whole": False})


def test_those_never_looked_at_come_first_then_the_longest_ago():
    first, second = a_kept_footage(b"one"), a_kept_footage(b"two")
    problems(most=1)
    third = a_kept_footage(b"three")

    order = [list(problems(most=1)) for _ in range(3)]

    assert order == [[second.pk], [third.pk], [first.pk]]
