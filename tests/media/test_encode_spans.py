"""A clip that is encoded in spans has exactly the frames of one that is encoded whole."""

from dataclasses import replace
from fractions import Fraction

import pytest

from media.core.encode_args import encode_args
from media.core.ladder import plan_ladder
from media.core.parts import Cut, Part, Span, gop_frames
from tests.factories import a_probe
from tests.media import studio

pytestmark = pytest.mark.slow

SECONDS = 12
UNEVEN = "select='gt(mod(n*7,5),1)*not(between(t,4.3,4.5))'"


def hashes(film, rate, cut, span, folder):
    """Time stamp and hash of every frame that goes to the encoder."""
    probe = replace(
        a_probe(
            width=160,
            height=120,
            frame_rate=rate,
            duration_ms=SECONDS * 1000,
            sounds=(),
            step_most_ms=280 if rate == 25 else 40,
        ),
        container="matroska,webm" if film.suffix == ".mkv" else a_probe().container,
    )
    args = encode_args(probe, Part(plan_ladder(120), span=span), source=str(film), cut=cut)
    before = args[: args.index("-map")]
    target = folder / "frames.md5"
    studio.ffmpeg(*before, "-map", "[v0]", "-f", "framemd5", target)
    rows = [row.split(",") for row in target.read_text().splitlines() if row[0] != "#"]
    return [int(row[2]) for row in rows], [row[-1].strip() for row in rows]


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv"])
@pytest.mark.parametrize("cut", [Cut(), Cut(1350, 11_017), Cut(2050)])
@pytest.mark.parametrize(
    ("rate", "filters"),
    [("30", "null"), ("30000/1001", "null"), ("25", UNEVEN)],
)
def test_spans_have_the_frames_of_the_whole_clip(tmp_path, name, cut, rate, filters):
    film = studio.film(
        tmp_path,
        name=name,
        size="160x120",
        rate=rate,
        seconds=SECONDS,
        filters=filters,
        options=("-fps_mode", "vfr", "-g", "75", "-preset", "veryfast"),
    )
    rate = Fraction(rate)
    spans = [Span(0, 1), Span(1, 3), Span(3, 4), Span(4)]

    _, whole = hashes(film, rate, cut, None, tmp_path)
    parts = [hashes(film, rate, cut, span, tmp_path) for span in spans]

    assert [frame for _, part in parts for frame in part] == whole
    assert [times for times, _ in parts] == [list(range(len(part))) for _, part in parts]
    assert [len(part) for _, part in parts[:3]] == [gop_frames(rate) * n for n in (1, 2, 1)]
