"""Fixity: an original or a package that changed, or is gone, is found, named and not published."""

import shutil
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from media import clearance, custody, fixity, packaging, queue, release
from media.errors import EncodingFailed, NotCleared
from media.models import Clip, CustodyEvent, FixityCheck, Footage, Job, Manifest, Package
from tests.factories import a_clip, a_footage, a_package, a_person
from tests.media.kept import a_kept_footage, a_kept_package, overwrite, path_of
from tests.walls import tampered

pytestmark = pytest.mark.django_db


def problems(**options):
    found = fixity.check(**{"most": None, "actor": "ana", **options})
    return {finding.subject: finding.problem for finding in found}


def looks(footage):
    """What the log says of looks at the bytes, without the rest of it."""
    kind = CustodyEvent.Kind.FIXITY_CHECKED
    return [event.detail for event in footage.custody.filter(kind=kind)]


# Originals ----------------------------------------------------------------------------------------


def test_originals_that_are_whole_are_said_to_be_whole():
    footage = a_kept_footage()

    assert problems() == {footage: ""}


@pytest.mark.parametrize("content", [b"filn", b"changed", b""])
def test_a_changed_original_is_named(content):
    whole, changed = a_kept_footage(b"one"), a_kept_footage(b"film")
    overwrite(path_of(changed), content)

    assert problems() == {whole: "", changed: "The original's bytes have changed."}


def test_a_missing_original_is_named():
    footage = a_kept_footage()
    path_of(footage).unlink()

    assert problems() == {footage: "The original is missing from the vault."}


def test_an_original_that_was_changed_together_with_its_row_is_named():
    footage = a_kept_footage()
    other = a_kept_footage(b"another film")
    overwrite(path_of(footage), b"forged")
    tampered("UPDATE media_footage SET sha256 = %s WHERE id = %s", "f" * 64, footage.pk)

    assert problems() == {footage: fixity.ANOTHER, other: ""}


def test_footage_that_was_put_in_past_the_log_is_named():
    assert list(problems().values()) == []
    a_footage()

    assert list(problems().values()) == [fixity.NEVER_CAME]


def test_every_look_at_an_original_is_written_down():
    footage = a_kept_footage()
    problems()
    overwrite(path_of(footage), b"changed")

    problems()

    assert looks(footage) == [
        {"is_whole": True},
        {"is_whole": False, "problem": "The original's bytes have changed."},
    ]
    assert list(custody.breaks()) == []


def test_what_is_damaged_comes_first_then_what_was_never_looked_at_then_the_longest_ago():
    first, second = a_kept_footage(b"one"), a_kept_footage(b"two")
    problems(most=1)
    third = a_kept_footage(b"three")

    order = [list(problems(most=1)) for _ in range(3)]
    overwrite(path_of(third), b"changed")
    problems()
    order.append(list(problems(most=1)))

    assert order == [[second], [third], [first], [third]]


# Packages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda path: None, ""),
        (lambda path: overwrite(path, b"moog" * 100), "Changed: 360p/000.m4s."),
        (lambda path: path.unlink(), "Missing: 360p/000.m4s."),
        (lambda path: path.with_name("x.m4s").touch(), "Added: 360p/x.m4s."),
    ],
    ids=["whole", "changed", "missing", "added"],
)
def test_a_file_of_a_package_that_is_not_as_it_was_made_is_named(change, problem):
    package = a_kept_package()
    change(path_of(package, "360p/000.m4s"))

    assert problems()[package] == problem


def test_a_list_of_files_that_was_changed_with_the_file_is_found_out():
    package = a_kept_package()
    overwrite(path_of(package, "clip.mp4"), b"forged")
    with_forged = fixity.digests(path_of(package))
    Manifest.objects.filter(package=package).update(files=with_forged)

    assert problems()[package] == fixity.NOT_LOGGED


def test_the_log_says_when_a_package_is_damaged_and_when_it_is_whole_again():
    package = a_kept_package()
    path = path_of(package, "clip.mp4")
    content = path.read_bytes()

    for bytes_now in (content, b"x", b"x", content, content):
        overwrite(path, bytes_now)
        fixity.check_package(package, actor="ana")

    told = {"package": package.public_id}
    assert looks(package.clip.footage) == [
        {**told, "is_whole": False, "problem": "Changed: clip.mp4."},
        {**told, "is_whole": True},
    ]


def test_a_package_of_before_gets_its_list_of_files_at_the_first_look():
    package = a_kept_package()
    Manifest.objects.all().delete()

    assert problems()[package] == ""
    overwrite(path_of(package, "clip.mp4"), b"x")

    assert problems()[package] == "Changed: clip.mp4."
    assert package.clip.footage.custody.filter(kind="hashed").count() == 1


def test_a_package_that_a_newer_one_has_replaced_is_looked_at_as_long_as_it_is_there():
    package = a_kept_package()
    newer = a_kept_package(package.clip)
    overwrite(path_of(package, "clip.mp4"), b"x")

    assert problems() == {
        package.clip.footage: "",
        package: "Changed: clip.mp4.",
        newer: "",
    }
    (check,) = FixityCheck.objects.damaged()
    assert str(check).endswith("replaced by a newer")
    assert fixity.known_problems(clip_of(newer)) == []

    shutil.rmtree(path_of(package))

    assert problems() == {package.clip.footage: "", package: "", newer: ""}


def test_a_new_version_takes_over_no_file_that_was_changed(tmp_path):
    package = a_kept_package()
    overwrite(path_of(package, "360p/000.m4s"), b"never scanned")
    making = packaging.Making(package.clip, None, None, tmp_path, tmp_path / "new")

    with pytest.raises(EncodingFailed, match="changed on the disk"):
        making.take_over(package)

    assert not (tmp_path / "new").exists()


def test_a_package_that_grows_is_not_looked_at():
    package = a_package(a_clip(footage=a_kept_footage()), state=Package.State.GROWING)

    assert package not in problems()


def test_a_package_that_is_removed_meanwhile_is_no_damage():
    package = a_kept_package()
    Clip.objects.update(current_package=None)
    Package.objects.all().delete()

    fixity.note_package(package, "Missing: everything.", actor="ana")

    assert not FixityCheck.objects.exists()


# What is damaged is not published -----------------------------------------------------------------


@pytest.fixture
def cleared():
    """A package of a clip that readers may have."""
    package = a_kept_package()
    Clip.objects.update(cleared_at=timezone.now())
    return package


def clip_of(package):
    return Clip.objects.select_related("footage", "current_package").get(pk=package.clip_id)


def test_a_whole_clip_is_placed(cleared, data):
    release.place_clip(clip_of(cleared))

    assert (data / "public" / "media" / cleared.public_id / "clip.mp4").exists()


def test_a_clip_whose_original_is_known_to_be_damaged_is_not_placed(cleared, data):
    overwrite(path_of(cleared.clip.footage), b"changed")
    problems()

    with pytest.raises(NotCleared, match="bytes have changed"):
        release.place_clip(clip_of(cleared))

    assert not (data / "public" / "media").exists()


def test_bytes_that_changed_since_they_were_scanned_are_not_placed(cleared, data):
    overwrite(path_of(cleared, "clip.mp4"), b"never scanned")

    with pytest.raises(NotCleared, match=r"Changed: clip\.mp4"):
        release.place_clip(clip_of(cleared))

    assert not (data / "public" / "media").exists()
    assert [check.problem for check in FixityCheck.objects.damaged()] == ["Changed: clip.mp4."]


def test_what_is_public_stays_public_when_its_original_is_damaged(cleared, data):
    release.place_clip(clip_of(cleared))
    overwrite(path_of(cleared.clip.footage), b"changed")
    problems()

    release.place_clip(clip_of(cleared))

    assert (data / "public" / "media" / cleared.public_id / "clip.mp4").exists()


def test_damage_is_a_red_check_that_nobody_can_pass_over(cleared):
    overwrite(path_of(cleared, "clip.mp4"), b"x")
    problems()
    (clip,) = clearance.with_all_facts([clip_of(cleared)])

    checks = clearance.clip_checks(clip, on=timezone.now().date())
    (red,) = [check for check in checks if check.name == "original and files are whole"]

    assert not red.is_green
    assert not red.can_be_answered
    assert "Changed: clip.mp4" in red.reason


# Rounds -------------------------------------------------------------------------------------------


def received(days):
    """All footage has been here for so many days."""
    Footage.objects.update(received_at=timezone.now() - timedelta(days=days))


def test_a_round_is_asked_for_only_when_something_is_due():
    a_kept_footage()
    fixity.ask_for_round()
    assert not Job.objects.exists()

    received(2)
    fixity.ask_for_round()
    fixity.ask_for_round()

    assert [(job.kind, job.subject_id) for job in Job.objects.all()] == [("check_fixity", 0)]


def test_a_round_looks_at_everything_that_is_due_and_goes_on_the_next_time(monkeypatch):
    footages = [a_kept_footage(bytes([number])) for number in range(3)]
    received(2)
    monkeypatch.setattr(fixity, "ROUND_S", -1)

    for done in range(1, 4):
        fixity.ask_for_round()
        queue.work(Job.objects.queued().get().pk)
        assert FixityCheck.objects.count() == done
    fixity.ask_for_round()

    assert not Job.objects.queued().exists()
    assert [look for footage in footages for look in looks(footage)] == [{"is_whole": True}] * 3


def test_after_a_month_everything_is_due_again_and_damage_after_an_hour():
    a_kept_package()
    problems()
    received(100)
    assert fixity.due() == []

    FixityCheck.objects.update(checked_at=timezone.now() - timedelta(days=31))
    assert len(fixity.due()) == 2

    recently = timezone.now() - timedelta(hours=2)
    FixityCheck.objects.filter(package=None).update(checked_at=recently, problem="Changed.")
    FixityCheck.objects.filter(footage=None).update(checked_at=recently)
    assert fixity.due() == list(Footage.objects.all())


# The desk -----------------------------------------------------------------------------------------


def test_the_page_says_what_share_was_looked_at_and_what_is_damaged(archivist):
    package = a_kept_package()
    address = reverse("admin:media_fixitycheck_changelist")
    before = archivist.get(address).content.decode()
    overwrite(path_of(package, "clip.mp4"), b"x")
    problems()

    after = archivist.get(address).content.decode()
    damaged = archivist.get(address, {"state": "damaged"}).content.decode()

    assert "0 of 1 were read and hashed in the last 30 days, 1 never yet" in before
    assert "nothing damaged" in before
    assert after.count("1 of 1 were read and hashed in the last 30 days") == 2
    assert "1 damaged" in after
    assert "Changed: clip.mp4." in damaged
    assert f"Original {package.clip.footage.public_id}" not in damaged


def test_the_first_page_of_the_desk_raises_the_alarm_for_those_who_look_after_the_vault(client):
    package = a_kept_package()
    overwrite(path_of(package, "clip.mp4"), b"x")
    problems()

    pages = {}
    for name, group in (("ada", "archivists"), ("wim", "writers")):
        client.force_login(a_person(name, group))
        pages[group] = client.get(reverse("admin:index")).content.decode()

    assert "Changed: clip.mp4." in pages["archivists"]
    assert "Changed: clip.mp4." not in pages["writers"]


def test_those_who_look_after_the_vault_get_one_mail_that_says_nothing_of_it(
    mailoutbox, django_capture_on_commit_callbacks
):
    footages = [a_kept_footage(), a_kept_footage()]
    for name, group in (("ada", "archivists"), ("lea", "legal"), ("wim", "writers")):
        a_person(name, group, email=f"{name}@example.org")
    for footage in footages:
        path_of(footage).unlink()

    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            problems()

    assert sorted(mail.to for mail in mailoutbox) == [["ada@example.org"], ["lea@example.org"]]
    told = mailoutbox[0].subject + mailoutbox[0].body
    assert reverse("admin:media_fixitycheck_changelist") in told
    assert not any(word in told for footage in footages for word in (footage.public_id, "missing"))


def test_the_page_asks_the_database_as_often_for_many_as_for_one(
    archivist, django_assert_max_num_queries
):
    address = reverse("admin:media_fixitycheck_changelist")
    a_kept_package()
    problems()
    archivist.get(address)
    with django_assert_max_num_queries(100) as one:
        archivist.get(address)
    for _ in range(2):
        a_kept_package()
    problems()

    with django_assert_max_num_queries(len(one)):
        archivist.get(address)
