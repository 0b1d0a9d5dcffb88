"""The leak scan as a verb: what of the footage's own data may not become public."""

import pytest

from media import leakscan, stores
from media.core import leaks
from media.errors import LeakFound
from tests.factories import a_footage, a_playable_clip
from tests.media.films import hls_package

pytestmark = pytest.mark.django_db

PLACE = "+36.3400+043.1300/"


def marked_footage(**fields):
    metadata = [{"place": "container", "name": "location", "value": PLACE}]
    return a_footage(**{"metadata": metadata, "original_name": "IMG_20170511.MOV", **fields})


def test_what_must_not_leave_is_metadata_and_the_files_name():
    assert leakscan.values_of(marked_footage()) == {PLACE, "IMG_20170511.MOV", "IMG_20170511"}


def test_a_short_word_in_a_file_name_is_a_word_like_any_other():
    assert leakscan.values_of(marked_footage(original_name="video.mp4")) == {PLACE, "video.mp4"}


def test_a_folder_without_marks_is_counted(tmp_path):
    (tmp_path / "master.m3u8").write_text("#EXTM3U\n")

    scan = leakscan.check_folder(tmp_path, marked_footage())

    assert scan.as_json() == {
        "files": 1,
        "values": scan.values,
        "found": 0,
        "digest": leakscan.values_digest(marked_footage()),
    }
    assert scan.values >= 2


@pytest.mark.parametrize("mark", [PLACE, "IMG_20170511"])
@pytest.mark.parametrize("name", ["master.m3u8", "v240/index.m3u8"])
def test_a_mark_in_any_file_stops_everything(tmp_path, name, mark, caplog):
    (tmp_path / "v240").mkdir()
    (tmp_path / name).write_text(f"#EXTM3U\n#{mark}\n")

    with pytest.raises(LeakFound, match="1 of 1 files and nothing was published"):
        leakscan.check_folder(tmp_path, marked_footage())

    assert name in caplog.text


def test_a_file_named_after_the_original_stops_everything(tmp_path):
    (tmp_path / "IMG_20170511.m3u8").write_text("#EXTM3U\n")

    with pytest.raises(LeakFound):
        leakscan.check_folder(tmp_path, marked_footage())


# Packages that grow, and files that were scanned before ------------------------------------------


def written(folder, names):
    """Write some files of a small package below a folder; their paths."""
    package = hls_package()
    paths = [folder / name for name in names]
    for path, name in zip(paths, names, strict=True):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(package[name])
    return paths


def test_segments_are_scanned_one_by_one_with_the_init_segment_that_came_before(tmp_path):
    scanner = leakscan.Scanner(marked_footage())

    for names in (["v90/init.mp4", "v90/00000.m4s"], ["v90/00001.m4s"], ["v90/index.m3u8"]):
        paths = written(tmp_path, names)
        scanner.check(tmp_path, paths)
        for path in paths:
            path.unlink()

    assert scanner.scan == leakscan.Scan(
        4, scanner.scan.values, leakscan.values_digest(marked_footage())
    )


def test_a_segment_without_its_init_segment_stops_everything(tmp_path):
    scanner = leakscan.Scanner(marked_footage())
    scanner.check(tmp_path, written(tmp_path, ["audio/init.mp4"]))

    with pytest.raises(LeakFound):
        scanner.check(tmp_path, written(tmp_path, ["v90/00000.m4s"]))

    assert scanner.scan.files == 1


def test_a_file_that_changed_is_scanned_again(tmp_path):
    scanner = leakscan.Scanner(marked_footage())
    playlist = tmp_path / "index.m3u8"
    playlist.write_text("#EXTM3U\n")
    scanner.check(tmp_path, [playlist])
    playlist.write_text(f"#EXTM3U\n#{PLACE}\n")

    with pytest.raises(LeakFound):
        scanner.check(tmp_path, [playlist])


def test_a_file_that_is_vouched_for_is_counted_and_not_read_again(tmp_path):
    (tmp_path / "kept.m4s").write_text(PLACE)
    (tmp_path / "master.m3u8").write_text("#EXTM3U\n")

    scan = leakscan.check_folder(tmp_path, marked_footage(), known=frozenset({"kept.m4s"}))

    assert scan.files == 2


def test_segments_are_read_with_an_init_segment_that_is_vouched_for(tmp_path):
    written(tmp_path, ["v90/init.mp4", "v90/00000.m4s", "v90/00001.m4s", "v90/index.m3u8"])

    scan = leakscan.check_folder(tmp_path, marked_footage(), known=frozenset({"v90/init.mp4"}))

    assert scan.files == 4


def test_a_playlist_is_read_whoever_vouches_for_it(tmp_path):
    (tmp_path / "index.m3u8").write_text(f"#EXTM3U\n#{PLACE}\n")

    with pytest.raises(LeakFound):
        leakscan.check_folder(tmp_path, marked_footage(), known=frozenset({"index.m3u8"}))


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        ({}, True),
        ({"found": 1}, False),
        ({"digest": "0" * 64}, False),
    ],
)
def test_an_earlier_scan_holds_if_it_looked_for_the_same_values(changed, holds):
    footage = marked_footage()
    record = leakscan.check_files({}, footage).as_json() | changed

    assert leakscan.holds_for(record, footage) is holds


def test_a_scan_of_before_there_were_digests_holds_for_nothing():
    assert not leakscan.holds_for({"files": 3, "values": 9, "found": 0}, marked_footage())


def test_a_scan_does_not_hold_for_footage_of_which_more_is_known():
    footage = marked_footage()
    record = leakscan.check_files({}, footage).as_json()
    footage.metadata.append({"place": "container", "name": "model", "value": "Canon EOS R5"})

    assert not leakscan.holds_for(record, footage)


def test_a_scan_does_not_hold_once_a_rule_is_stricter(monkeypatch):
    record = leakscan.check_files({}, marked_footage()).as_json()
    monkeypatch.setattr(leaks, "VERSION", leaks.VERSION + 1)

    assert not leakscan.holds_for(record, marked_footage())


# Pages ---------------------------------------------------------------------------------------


def marks_of(footage, written=""):
    return leakscan.page_marks([footage], written=written)


def test_a_page_that_tells_where_the_camera_was_is_refused():
    with pytest.raises(LeakFound, match="write it in the story"):
        leakscan.check_page("a.html", f"<p>{PLACE}</p>".encode(), marks_of(marked_footage()))


def test_a_fact_that_an_editor_wrote_is_published_on_purpose():
    page = f"<p>{PLACE}</p>".encode()

    marks = marks_of(marked_footage(), written=f"Filmed at {PLACE}")

    assert leakscan.page_findings("a.html", page, marks) == []


def test_a_common_word_in_the_metadata_is_no_mark_on_a_page():
    footage = a_footage(metadata=[{"place": "c", "name": "title", "value": "House"}])

    assert leakscan.page_findings("a.html", b"<p>House</p>", marks_of(footage)) == []


def test_what_is_public_already_is_scanned_once_more():
    clip = a_playable_clip(footage=marked_footage())
    clean = a_playable_clip()
    for owner, text in ((clip, f"#EXTM3U\n#{PLACE}\n"), (clean, "#EXTM3U\n")):
        name = f"media/{owner.current_package.public_id}/v240/index.m3u8"
        stores.place_file(name, text.encode())

    found = leakscan.public_folder_findings()

    assert f"media/{clip.current_package.public_id}/v240/index.m3u8" in found
    assert [
        finding
        for name, findings in found.items()
        if clean.current_package.public_id in name
        for finding in findings
        if PLACE in finding.what
    ] == []
