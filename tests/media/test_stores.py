"""The three stores: bytes go in once, come out whole, and go away at once."""

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import SuspiciousFileOperation

from media import stores

OUTSIDE = ["../escaped", "a/../../escaped", "/etc/newsroom-escaped"]


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def a_package(data, name="pkg", **files):
    """A folder in `packages` as the packager leaves it."""
    made = data / "work" / "made"
    (made / "v480").mkdir(parents=True)
    for file, content in {"clip.mp4": b"mp4", "v480/init.mp4": b"init", **files}.items():
        (made / file).write_bytes(content)
    stores.keep_package(made, name)


# Originals ----------------------------------------------------------------------------------


def test_an_original_is_kept_byte_for_byte_with_its_hash(data):
    received = stores.receive([b"first ", b"", b"second"], name="ab/abcd")

    content = (data / "originals/ab/abcd").read_bytes()
    assert content == b"first second"
    assert received == stores.Received("ab/abcd", hashlib.sha256(content).hexdigest(), 12)


def test_an_original_can_be_read_by_us_alone_and_written_by_nobody(data):
    stores.receive([b"film"], name="ab/abcd")

    assert mode_of(data / "originals/ab/abcd") == 0o400
    assert mode_of(data / "originals/ab") == 0o700


def test_nothing_is_left_of_an_arrival_that_breaks_off(data):
    def chunks():
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        stores.receive(chunks(), name="ab/abcd")

    assert [path for path in (data / "originals").rglob("*") if path.is_file()] == []


def test_an_original_is_never_written_over(data):
    stores.receive([b"first"], name="ab/abcd")

    with pytest.raises(FileExistsError):
        stores.receive([b"second"], name="ab/abcd")

    assert (data / "originals/ab/abcd").read_bytes() == b"first"
    assert below(data / "originals") == ["ab", "ab/abcd"]


def test_an_empty_original_is_kept_too():
    assert stores.receive([], name="ab/abcd").byte_size == 0


def test_an_original_is_hashed_again_from_the_disk():
    received = stores.receive([b"film"], name="ab/abcd")

    assert stores.sha256_of("originals", "ab/abcd") == received.sha256


def test_a_missing_original_is_not_hashed():
    with pytest.raises(FileNotFoundError):
        stores.sha256_of("originals", "ab/abcd")


def test_bytes_that_no_row_speaks_of_can_be_discarded(data):
    stores.receive([b"film"], name="ab/abcd")

    stores.discard_unclaimed("ab/abcd")
    stores.discard_unclaimed("ab/abcd")

    assert not (data / "originals/ab/abcd").exists()


def test_a_stored_file_has_an_absolute_path_while_it_is_used():
    stores.receive([b"film"], name="ab/abcd")

    with stores.localised("originals", "ab/abcd") as path:
        assert path.is_absolute()
        assert path.read_bytes() == b"film"


# Names --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize(
    "act",
    [
        lambda name: stores.receive([b"film"], name=name),
        lambda name: stores.sha256_of("originals", name),
        stores.discard_unclaimed,
        lambda name: stores.place_file(name, b"page"),
        lambda name: stores.place_folder("pkg", name),
        lambda name: stores.place_folder(name, "media/pkg"),
        stores.read_public,
        stores.open_public,
        stores.remove_public,
        stores.remove_package,
        lambda name: stores.files_below("public", name),
        lambda name: stores.exists("public", name),
    ],
)
def test_no_name_leads_out_of_a_store(data, act, name):
    a_package(data)
    before = below(data)

    with pytest.raises(SuspiciousFileOperation):
        act(name)

    assert below(data) == before


# Packages -----------------------------------------------------------------------------------


def test_a_finished_folder_becomes_a_package_in_one_step(data):
    a_package(data)

    assert stores.files_below("packages", "pkg") == ["pkg/clip.mp4", "pkg/v480/init.mp4"]
    assert below(data / "work") == []
    assert mode_of(data / "packages/pkg/clip.mp4") == 0o644


def test_a_package_is_placed_whole_and_readable_by_all(data):
    a_package(data)

    stores.place_folder("pkg", "media/pkg")

    assert stores.files_below("public") == ["media/pkg/clip.mp4", "media/pkg/v480/init.mp4"]
    assert mode_of(data / "public/media/pkg") == 0o755
    assert mode_of(data / "public/media/pkg/v480") == 0o755
    assert mode_of(data / "public/media/pkg/clip.mp4") == 0o644
    assert below(data / "work") == []


def test_placing_twice_is_harmless(data):
    a_package(data)

    stores.place_folder("pkg", "media/pkg")
    stores.place_folder("pkg", "media/pkg")

    assert stores.files_below("public") == ["media/pkg/clip.mp4", "media/pkg/v480/init.mp4"]


def test_many_who_place_the_same_package_at_once_all_succeed(data):
    a_package(data)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: stores.place_folder("pkg", "media/pkg"), range(32)))

    assert stores.files_below("public") == ["media/pkg/clip.mp4", "media/pkg/v480/init.mp4"]
    assert below(data / "work") == []


def test_nothing_is_placed_of_a_package_that_is_not_there(data):
    with pytest.raises(FileNotFoundError):
        stores.place_folder("nothing", "media/nothing")

    assert stores.files_below("public") == []
    assert below(data / "work") == []


def test_nothing_is_placed_of_a_package_that_cannot_be_read_whole(data):
    a_package(data)
    # A name that leads nowhere cannot be read by anybody, whatever their rights.
    (data / "packages/pkg/lost.m4s").symlink_to(data / "nowhere")

    with pytest.raises(OSError, match="lost"):
        stores.place_folder("pkg", "media/pkg")

    assert stores.files_below("public") == []


def test_a_package_that_is_removed_leaves_what_is_public(data):
    a_package(data)
    stores.place_folder("pkg", "media/pkg")

    stores.remove_package("pkg")
    stores.remove_package("pkg")

    assert stores.files_below("packages") == []
    assert (data / "public/media/pkg/clip.mp4").read_bytes() == b"mp4"


def test_only_folders_that_are_old_enough_are_called_old(data):
    a_package(data, "old")
    a_package(data, "new")
    long_ago = (data / "packages/new").stat().st_mtime - 7200
    os.utime(data / "packages/old", (long_ago, long_ago))

    assert stores.old_packages(timedelta(hours=1)) == ["old"]


# Public -------------------------------------------------------------------------------------


def test_a_page_takes_the_place_of_the_one_before(data):
    stores.place_file("stories/a/index.html", b"old")

    stores.place_file("stories/a/index.html", b"new")

    assert stores.read_public("stories/a/index.html") == b"new"
    assert mode_of(data / "public/stories/a/index.html") == 0o644
    assert below(data / "work") == []


def test_a_reader_who_has_opened_a_page_goes_on_reading_it():
    stores.place_file("index.html", b"old")
    with stores.open_public("index.html") as file:
        stores.place_file("index.html", b"new")

        assert file.read() == b"old"


def test_no_reader_ever_sees_a_part_of_a_page():
    pages = [letter * 200_000 for letter in (b"a", b"b")]
    stores.place_file("index.html", pages[0])

    with ThreadPoolExecutor(2) as threads:
        writing = threads.submit(
            lambda: [stores.place_file("index.html", pages[n % 2]) for n in range(100)]
        )
        seen = set()
        while not writing.done():
            seen.add(stores.read_public("index.html"))
        writing.result()

    assert seen <= set(pages)


def test_what_is_not_public_reads_as_nothing():
    assert stores.read_public("index.html") is None


def test_what_is_removed_is_gone_with_the_folders_it_leaves_empty(data):
    a_package(data)
    stores.place_folder("pkg", "media/pkg")
    stores.place_file("stories/a/index.html", b"page")

    stores.remove_public("media/pkg")
    stores.remove_public("stories/a/index.html")

    assert below(data / "public") == []
    assert (data / "public").is_dir()


def test_removing_leaves_the_neighbours():
    stores.place_file("stories/a/index.html", b"a")
    stores.place_file("stories/b/index.html", b"b")

    stores.remove_public("stories/a/index.html")

    assert stores.files_below("public") == ["stories/b/index.html"]


def test_removing_what_is_not_there_is_harmless(data):
    stores.remove_public("stories/nothing/index.html")

    assert below(data / "public") == []


def test_many_who_remove_and_place_at_once_do_not_stop_each_other(data):
    a_package(data)

    with ThreadPoolExecutor(2) as threads:
        removing = threads.submit(lambda: [stores.remove_public("media/pkg") for _ in range(300)])
        again = threads.submit(lambda: [stores.remove_public("media/pkg") for _ in range(300)])
        for _ in range(50):
            stores.place_folder("pkg", "media/pkg")
        removing.result()
        again.result()

    stores.remove_public("media/pkg")
    assert stores.files_below("public") == []


def test_work_in_progress_is_private_and_goes_away(data):
    with stores.work_folder() as work:
        (work / "part").write_bytes(b"part")
        assert mode_of(work) == 0o700
        assert work.parent == data / "work"

    assert below(data / "work") == []
