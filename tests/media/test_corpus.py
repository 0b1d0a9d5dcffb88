"""Real files as newsrooms get them, each awkward in its own way: what its row says, comes true."""

import csv
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from media import intake, proving, stores
from media.core import hls
from media.core.probe import Probe, read_probe
from media.models import Clip, Footage, Package
from tests.conftest import CORPUS
from tests.media import studio

# Their headers count a sound, or a second picture, that ends later than the one that is shown, or
# an edit that the pictures do not keep to.
OTHER_HEADERS = {
    "flv-1000fps-claimed.flv",
    "iphone6s-livephoto-vfr-pcm-gps.mov",
    "two-video-two-audio-two-subs.mp4",
}
SIDE = 32
A_SECOND = 10
# What is awkward about a long film is not its size: it is made in the smaller ones.
LONG_S, SMALLER = 2.05, 360
HDR_REFERENCE = "zscale=t=linear:npl=203,tonemap=hable,zscale=t=bt709:m=bt709:r=tv,format=yuv420p,"
# What a reader may not notice: of 255 levels, between pictures of 32 by 32 pixels.
ALIKE = 12
ALIKE_HDR = 40


@dataclass(frozen=True)
class Row:
    """One line of the manifest."""

    file: str
    facts: dict[str, str]

    @property
    def is_usable(self) -> bool:
        return not self.facts["expected"].startswith("rejected") and (
            self.facts["codecs"].partition(" ")[0] != "no"
        )

    @property
    def duration_ms(self) -> int | None:
        """The length that the row promises in words, else that of the header."""
        if self.file in OTHER_HEADERS:
            return None
        words = re.search(r"(\d+\.\d+) s\b", self.facts["expected"])
        header = re.fullmatch(r"\d+\.\d+", self.facts["duration_s"])
        stated = words[1] if words else header[0] if header else None
        return round(float(stated) * 1000) if stated else None

    @property
    def is_long(self) -> bool:
        header = re.fullmatch(r"\d+\.\d+", self.facts["duration_s"])
        return header is None or float(header[0]) > LONG_S

    @property
    def upright(self) -> tuple[int, int] | None:
        words = re.search(r"upright (?:at )?(\d+)x(\d+)", self.facts["expected"])
        return (int(words[1]), int(words[2])) if words else None

    @property
    def is_silent(self) -> bool:
        return "no audio" in self.facts["expected"]


def rows() -> list[Row]:
    manifest = CORPUS / "MANIFEST.tsv"
    if not manifest.is_file():
        return []
    with manifest.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Row(line["file"], line) for line in lines if not line["file"].startswith("captions/")]


def in_two_halves(wanted: list[Row]) -> list[object]:
    """The rows as parameters, in two groups that two workers may share."""
    return [
        pytest.param(row, id=row.file, marks=pytest.mark.xdist_group(f"corpus-{'ab'[number % 2]}"))
        for number, row in enumerate(wanted)
    ]


pytestmark = [
    pytest.mark.corpus,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not rows(), reason="the real footage is not beside this repository"),
]


def ingest(path: Path) -> dict[str, object]:
    out = io.StringIO()
    try:
        call_command("ingest", str(path), "--wait", "--json", stdout=out)
    except CommandError:
        pass
    return json.loads(out.getvalue())


def thumbnails(path: Path, video: int, filters: str = "") -> list[bytes]:
    """The picture at ten moments a second, each in a few pixels of RGB."""
    data = studio.ffmpeg(
        *("-v", "quiet", "-i", path, "-map", f"0:{video}"),
        *("-vf", f"fps={A_SECOND}:start_time=0,{filters}scale={SIDE}:{SIDE}:flags=area"),
        *("-pix_fmt", "rgb24", "-f", "rawvideo", "-"),
    )
    size = SIDE * SIDE * 3
    return [data[at : at + size] for at in range(0, len(data) - size + 1, size)]


def difference(one: bytes, other: bytes) -> float:
    """The mean difference of two pictures, 0 to 255."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def least_difference(mine: list[bytes], theirs: list[bytes], moment: int) -> float:
    """Against the source at that moment or a tenth of a second beside it."""
    near = theirs[max(0, moment - 1) : moment + 2]
    return min((difference(mine[moment], picture) for picture in near), default=255.0)


# What may be wrong --------------------------------------------------------------------------


def wrong_facts(row: Row, package: Package, probe: Probe) -> list[str]:
    wrong = []
    if row.upright and (package.width, package.height) != row.upright:
        wrong.append(f"{package.width}x{package.height}")
    if row.duration_ms is not None and abs(package.duration_ms - row.duration_ms) > 100:
        wrong.append(f"lasts {package.duration_ms} ms, not {row.duration_ms}")
    if row.is_silent == package.has_audio:
        wrong.append("sound" if package.has_audio else "no sound")
    if not 1 <= probe.frame_rate <= 60:
        wrong.append(f"{probe.frame_rate} frames a second")
    if package.scan["found"]:
        wrong.append("leaks")
    return wrong


def wrong_segments(folder: Path, package: Package) -> list[str]:
    lists = [
        hls.read_media_playlist((folder / rung.name / "index.m3u8").read_text())
        for rung in package.renditions.all()
    ]
    return [] if lists == [lists[0]] * len(lists) else ["segments are not aligned"]


def wrong_start(mp4: dict[str, dict[str, float] | None]) -> list[str]:
    """Sound and picture of the plain MP4 must start together, within 40 ms."""
    video, sound = mp4["video"], mp4["audio"]
    if sound is None or abs(video["start_ms"] - sound["start_ms"]) <= 40:
        return []
    return [f"picture from {video['start_ms']}, sound from {sound['start_ms']}"]


def wrong_times(folder: Path, package: Package) -> list[str]:
    """Every rendition starts with the others within 40 ms, and the pictures end together."""
    names = [rung.name for rung in package.renditions.all()]
    heard = ["audio"] if package.has_audio else []
    proofs = proving.prove(
        folder, names + heard, mp4="clip.mp4", sound_tolerance_ms=package.duration_ms
    )
    starts = {name: proof.start_ms for name, proof in proofs.items()}
    ends = {name: proof.end_ms for name, proof in proofs.items() if not proof.is_sound}
    wrong = [] if max(starts.values()) - min(starts.values()) <= 40 else [f"start at {starts}"]
    late = any(abs(end - package.duration_ms) > 100 for end in ends.values())
    return wrong + ([f"end at {ends}"] if late else [])


def wrong_pictures(source: Path, probe: Probe, mp4: Path) -> list[str]:
    reference = HDR_REFERENCE if probe.hdr_transfer else ""
    theirs = thumbnails(source, probe.video_index, reference)
    mine = thumbnails(mp4, 0)
    moments = sorted({min(len(mine), len(theirs)) * part // 10 for part in (2, 5, 8)})
    found = {moment: least_difference(mine, theirs, moment) for moment in moments}
    most = ALIKE_HDR if probe.hdr_transfer else ALIKE
    return [
        f"at {moment / A_SECOND} s another picture, by {amount:.0f}"
        for moment, amount in found.items()
        if amount > most
    ]


def wrong_light(mp4: Path) -> list[str]:
    """A picture of high dynamic range that was not mapped is grey, or nearly white."""
    mean = [sum(picture) / len(picture) / 255 for picture in thumbnails(mp4, 0)]
    middle = sum(mean) / len(mean)
    return [] if 0.05 <= middle <= 0.8 else [f"mean light {middle:.2f}"]


@pytest.mark.parametrize("row", in_two_halves([row for row in rows() if row.is_usable]))
def test_usable_footage_becomes_a_clip_that_is_true_to_it(row, corpus, settings):
    settings.TALLEST = SMALLER if row.is_long else settings.TALLEST
    result = ingest(corpus / row.file)
    assert (result["status"], result["reason"]) == ("ready", "")

    clip = Clip.objects.get(public_id=result["clip"])
    package, source = clip.current_package, read_probe(clip.footage.probe)
    with stores.localised("packages", package.public_id) as folder:
        mp4 = intake.examine_file(folder / "clip.mp4")
        wrong = [
            *wrong_facts(row, package, read_probe(mp4)),
            *wrong_segments(folder, package),
            *wrong_start(mp4),
            *wrong_times(folder, package),
            *wrong_pictures(corpus / row.file, source, folder / "clip.mp4"),
            *(wrong_light(folder / "clip.mp4") if source.hdr_transfer else []),
        ]

    assert wrong == []


@pytest.mark.parametrize("row", in_two_halves([row for row in rows() if not row.is_usable]))
def test_unusable_footage_is_refused_with_a_sentence_and_kept(row, corpus):
    result = ingest(corpus / row.file)

    footage = Footage.objects.get()
    assert (result["status"], result["clip"]) == ("rejected", "")
    assert result["reason"].endswith(".")
    assert stores.sha256_of("originals", footage.store_name) == row.facts["sha256"]
