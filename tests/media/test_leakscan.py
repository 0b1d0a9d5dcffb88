"""The leak scan as a verb: what of the footage's own data may not become public."""

import pytest

from media import leakscan, stores
from media.errors import LeakFound
from tests.factories import a_footage, a_playable_clip

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

    assert scan.as_json() == {"files": 1, "values": scan.values, "found": 0}
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


def test_a_page_that_tells_where_the_camera_was_is_refused():
    with pytest.raises(LeakFound, match="write it in the story"):
        leakscan.check_page("a.html", f"<p>{PLACE}</p>".encode(), [marked_footage()], written="")


def test_a_fact_that_an_editor_wrote_is_published_on_purpose():
    page = f"<p>{PLACE}</p>".encode()

    findings = leakscan.page_findings(
        "a.html", page, [marked_footage()], written=f"Filmed at {PLACE}"
    )

    assert findings == []


def test_a_common_word_in_the_metadata_is_no_mark_on_a_page():
    footage = a_footage(metadata=[{"place": "c", "name": "title", "value": "House"}])

    assert leakscan.page_findings("a.html", b"<p>House</p>", [footage], written="") == []


def test_what_is_public_already_is_scanned_once_more():
    clip = a_playable_clip(footage=marked_footage())
    clean = a_playable_clip()
    for owner, text in ((clip, f"#EXTM3U\n#{PLACE}\n"), (clean, "#EXTM3U\n")):
        name = f"media/{owner.current_package.public_id}/v240/index.m3u8"
        stores.place_file(name, text.encode())

    found = leakscan.public_package_findings()

    assert f"media/{clip.current_package.public_id}/v240/index.m3u8" in found
    assert [
        finding
        for name, findings in found.items()
        if clean.current_package.public_id in name
        for finding in findings
        if PLACE in finding.what
    ] == []
