"""A package is sound when its first and last second can be decoded, not when a program says so."""

import shutil

import pytest

from media import proving
from media.errors import EncodingFailed
from media.proving import Proof, prove
from tests.media import studio

pytestmark = pytest.mark.slow

CODE = ("-pix_fmt", "yuv420p", "-g", 50)


def segmented(folder, name, *options, seconds="5", size="160x90"):
    """A rendition folder of a moving picture in segments of two seconds."""
    (folder / name).mkdir()
    studio.ffmpeg(
        *("-f", "lavfi", "-i", f"testsrc2=s={size}:r=25:d={seconds}", *CODE, *options),
        *hls(folder / name),
    )


def hls(folder):
    return (
        *("-f", "hls", "-hls_time", 2, "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"),
        *("-hls_fmp4_init_filename", "init.mp4"),
        *("-hls_segment_filename", folder / "%05d.m4s", folder / "index.m3u8"),
    )


def heard(folder, name="audio", seconds="5"):
    """A rendition folder of a tone."""
    (folder / name).mkdir()
    studio.ffmpeg(
        *("-f", "lavfi", "-i", f"sine=r=48000:d={seconds}", "-c:a", "aac"), *hls(folder / name)
    )


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """Five seconds: two pictures, a sound and a plain MP4."""
    folder = tmp_path_factory.mktemp("package")
    segmented(folder, "v90", "-c:v", "libx264", "-preset", "ultrafast")
    segmented(folder, "v180", "-c:v", "libx264", "-preset", "ultrafast", size="320x180")
    heard(folder)
    studio.film(folder, name="clip.mp4", seconds=5, channels=2, options=CODE)
    return folder


@pytest.fixture
def package(pristine, tmp_path):
    return shutil.copytree(pristine, tmp_path / "package")


def segments(folder):
    return sorted(folder.glob("*.m4s"))


def damage(path, *, start=0.0, end=1.0):
    """Spoil the coded pictures between two places, given as shares of them."""
    data = bytearray(path.read_bytes())
    at = data.index(b"mdat") + 4
    size = len(data) - at
    for place in range(at + int(size * start), at + int(size * end)):
        data[place] ^= 0x5A
    path.write_bytes(data)


def test_a_sound_package_is_proved_by_what_was_decoded(package):
    proofs = prove(package, ["v90", "v180", "audio"], mp4="clip.mp4", sound_tolerance_ms=100)

    assert sorted(proofs) == ["audio", "clip.mp4", "clip.mp4 sound", "v180", "v90"]
    assert {name: proof.length_ms for name, proof in proofs.items() if not proof.is_sound} == {
        "v90": 5000,
        "v180": 5000,
        "clip.mp4": 5000,
    }
    assert [name for name, proof in proofs.items() if proof.is_sound] == ["audio", "clip.mp4 sound"]
    assert [proof.errors for proof in proofs.values()] == [0] * 5


def test_a_second_is_decoded_at_the_start_and_at_least_one_at_the_end(package):
    proof = prove(package, ["v90"], mp4=None)["v90"]

    assert (proof.frames_first, proof.frames_last) == (25, 25)


def test_a_plain_copy_of_a_rendition_is_proved_by_its_own_bytes(package):
    copy = package / "clip.mp4"
    studio.ffmpeg("-i", package / "v90" / "index.m3u8", "-c", "copy", copy)

    same = prove(package, ["v90"], mp4="clip.mp4")
    damage(copy, start=0.1, end=0.12)
    other = prove(package, ["v90"], mp4="clip.mp4")

    assert same["clip.mp4"] == same["v90"] == other["v90"]
    assert other["clip.mp4"].errors > 0


def test_an_av1_rendition_is_proved(tmp_path):
    segmented(tmp_path, "av1-90", "-c:v", "libsvtav1", "-preset", "12", seconds="4")

    proof = prove(tmp_path, ["av1-90"], mp4=None)["av1-90"]

    assert proof == Proof(0, 4000, frames_first=25, frames_last=50)


def test_a_clip_of_one_frame_is_proved(tmp_path):
    segmented(tmp_path, "v90", "-frames:v", "1", seconds="1")

    proof = prove(tmp_path, ["v90"], mp4=None)["v90"]

    assert (proof.length_ms, proof.frames_first, proof.frames_last) == (40, 1, 1)


@pytest.mark.parametrize("which", [0, -1], ids=["first", "last"])
def test_a_segment_full_of_noise_is_unsound(package, which):
    damage(segments(package / "v90")[which])

    with pytest.raises(EncodingFailed, match="not sound"):
        prove(package, ["v90", "v180"], mp4=None)


@pytest.mark.parametrize("which", [0, -1], ids=["first", "last"])
def test_damage_that_a_player_paints_over_is_counted(package, which):
    damage(segments(package / "v180")[which], start=0.5, end=0.51)

    proofs = prove(package, ["v180"], mp4=None)

    assert proofs["v180"].errors > 0


def test_a_rung_that_ended_early_is_unsound(package):
    segmented(package, "v45", "-c:v", "libx264", seconds="4.8")

    with pytest.raises(EncodingFailed, match="not sound"):
        prove(package, ["v90", "v45"], mp4=None)


def test_an_mp4_that_ended_early_is_unsound(package):
    studio.film(package, name="clip.mp4", seconds=4, options=CODE)

    with pytest.raises(EncodingFailed, match="not sound"):
        prove(package, ["v90"], mp4="clip.mp4")


def test_an_mp4_whose_end_is_missing_is_unsound(package):
    studio.ffmpeg(
        *("-i", package / "clip.mp4", "-c", "copy", "-movflags", "+faststart"),
        package / "fast.mp4",
    )
    data = (package / "fast.mp4").read_bytes()
    (package / "clip.mp4").write_bytes(data[: len(data) * 6 // 10])

    with pytest.raises(EncodingFailed, match="not sound"):
        prove(package, ["v90"], mp4="clip.mp4")


def test_sound_may_be_shorter_by_what_the_caller_allows(package):
    heard(package, "audio-2", seconds="4")

    proofs = prove(package, ["v90", "audio-2"], mp4=None, sound_tolerance_ms=1100)

    assert 3950 <= proofs["audio-2"].length_ms <= 4100
    with pytest.raises(EncodingFailed, match="not sound"):
        prove(package, ["v90", "audio-2"], mp4=None)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "index.m3u8").unlink(),
        lambda folder: (folder / "index.m3u8").write_text("#EXTM3U\n"),
        lambda folder: (folder / "init.mp4").write_bytes(b"nonsense"),
        lambda folder: segments(folder)[-1].unlink(),
        lambda folder: segments(folder)[-1].write_bytes(b""),
        lambda folder: segments(folder)[0].write_bytes(b""),
        lambda folder: (folder / "index.m3u8").write_text(
            (folder / "index.m3u8").read_text().replace("00000.m4s", "../v180/00000.m4s")
        ),
    ],
    ids=[
        "no list",
        "a bare list",
        "no head",
        "a lost end",
        "an empty end",
        "an empty start",
        "out",
    ],
)
def test_files_that_do_not_open_are_unsound(package, spoil):
    spoil(package / "v90")

    with pytest.raises(EncodingFailed, match="not sound"):
        prove(package, ["v90", "v180"], mp4=None)


@pytest.mark.parametrize("answer", [b"", b"[1]", b"{}nonsense", b'[{"name": "v90"}]'])
def test_an_answer_that_is_none_is_no_proof(answer):
    with pytest.raises(EncodingFailed, match="not sound"):
        proving._read(answer, "clip.mp4")


def test_the_work_does_not_grow_with_the_clip(tmp_path):
    segmented(tmp_path, "v90", "-c:v", "libx264", "-preset", "ultrafast", seconds="120")

    proof = prove(tmp_path, ["v90"], mp4=None)["v90"]

    assert proof.length_ms == 120_000
    assert proof.frames_first + proof.frames_last <= 25 + 75
