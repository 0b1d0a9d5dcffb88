"""The bench itself: each measurement runs on a tiny film and gives figures that can be."""

import os
from math import isclose
from pathlib import Path

import pytest

from benchmarks import chunks, films, floor, ladder_costs, memory, ours, quality, run, rungs
from benchmarks.films import SMALL, TINY
from media import jail, planning
from tests import postgres
from tests.media import studio

SECONDS = 2

# They take as long as a tenth of all other tests, and prove nothing of the product.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "NEWSROOM_TEST_BENCH" not in os.environ,
        reason="set NEWSROOM_TEST_BENCH=1 to test the bench",
    ),
]


@pytest.fixture(autouse=True)
def jail_that_tells_what_was_used(settings, monkeypatch):
    """As the bench sets it: bubblewrap does not hand on what its children used."""
    settings.JAIL = "rlimits"
    monkeypatch.setenv("NEWSROOM_JAIL", "rlimits")
    jail.bubblewrap.cache_clear()
    yield
    jail.bubblewrap.cache_clear()


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return films.draw_web_ready(tmp_path, "film.mp4", SMALL, SECONDS)


def test_the_drawn_films_are_what_they_are_called(film):
    hevc = films.draw_hevc(film, "hevc.mp4", SMALL)
    longer = films.lengthen(film, "longer.mp4", times=3)

    probes = [films.probe_of(path) for path in (film, hevc, longer)]

    assert [probe.web_ready for probe in probes] == [True, False, True]
    assert [probe.duration_ms for probe in probes] == [2000, 2000, 6000]


def test_a_film_that_was_made_distinct_is_new_footage_and_still_web_ready(film):
    clips = [ours.receive(film) for _ in range(2)]

    assert clips[0].footage != clips[1].footage
    assert films.probe_of(film).web_ready


def test_the_costs_of_a_ladder_are_more_than_nothing(film, tmp_path):
    rounds = ladder_costs.measure(film, tmp_path / "made", rounds=1)

    rows = {row.name: row.median for row in ladder_costs.rows(rounds)}
    assert {row for row, median in rows.items() if not median > 0} <= {
        "join, database and files / encode, CPU",
        "poster, storyboard and stills, inside the encode / encode, CPU",
    }
    assert rows["encode alone / floor, CPU"] > 0.5


def test_the_floor_encodes_with_the_pipelines_own_settings(film):
    plan = planning.plan_for(ours.receive(film))

    encoder = floor.encoder_of(plan.probe, plan.rungs[0])

    assert encoder[:4] == ["-c:v", "libx264", "-preset", "veryfast"]
    assert encoder[-2:] == ["-flags:v", "+global_header+bitexact+cgop"]


def test_a_film_is_as_good_as_itself_and_better_than_its_smallest_rung(film, tmp_path):
    made = ours.make_package(film)

    itself = quality.vmaf(film, film, SMALL, tmp_path, every=5, most_s=SECONDS)
    rated = quality.measure(made.package, tmp_path, film, SMALL, seconds=SECONDS)

    assert [rung["rung"] for rung in rated] == ["v360", "v240"]
    # A rung in the film's own size is as good as the film, as far as VMAF can tell.
    assert min(itself, rated[0]["vmaf"]) > max(95, rated[1]["vmaf"])
    assert rated[1]["vmaf"] > 0
    assert rated[0]["kbps"] > rated[1]["kbps"] > 10


def test_a_film_that_names_its_colours_is_as_good_as_one_that_does_not(film, tmp_path):
    named = tmp_path / "named.mp4"
    colours = "colour_primaries=1:transfer_characteristics=1:matrix_coefficients=1"
    studio.ffmpeg("-i", film, "-c", "copy", "-bsf:v", f"h264_metadata={colours}", named)

    rated = [
        quality.vmaf(path, film, SMALL, tmp_path, every=5, most_s=SECONDS) for path in (film, named)
    ]

    assert isclose(*rated)


def test_a_rung_costs_more_bits_and_is_better_the_lower_its_crf(film, tmp_path):
    tried = [one for one in rungs.measure(film, tmp_path) if one.rung.short_side == 240]

    veryfast = [one for one in tried if one.rung.preset == "veryfast"]
    assert [one.rung.crf for one in veryfast] == [21, 23, 25, 27]
    assert sorted(veryfast, key=lambda one: -one.kbps) == veryfast
    assert sorted(veryfast, key=lambda one: -one.vmaf) == veryfast
    assert {one.rung.codec for one in tried} == {"h264", "av1"}


def test_chunks_have_the_frames_and_nearly_the_pictures_of_one_piece(film, tmp_path):
    longer = films.lengthen(film, "longer.mp4", times=4)

    rounds = chunks.measure(longer, tmp_path / "chunks", rounds=1)

    rows = {row.name: row for row in chunks.rows(rounds, longer, tmp_path / "chunks", SMALL)}
    frames = [row.median for name, row in rows.items() if "frame" in name]
    assert frames == [0, 0, 0]
    assert abs(rows["VMAF lost in chunks"].median) < 2
    assert 0.5 < rows["2 chunks / one piece, CPU"].median < 3


def test_chunks_are_done_by_whoever_is_free_first():
    assert [chunks.schedule([4.0, 3.0, 2.0], workers) for workers in (1, 2, 4)] == [9.0, 5.0, 4.0]
    assert isclose(chunks.predicted(12.0, 3, 1.0, 2), 9.0)


def test_memory_is_that_of_a_process_that_did_something(film, tmp_path):
    tiny = films.draw_web_ready(tmp_path, "tiny.mp4", TINY, SECONDS)

    _, peak_mb = memory.package_with_av1(film)
    growth = memory.worker_growth(tiny, 1, 2)

    assert 20 < peak_mb < 2000
    assert 20 < growth.early_mb <= growth.late_mb + 1


def test_the_first_segment_comes_after_the_examination():
    result = run.measured("--quick", "--only", "first-play")

    seconds = {row["name"]: row["median"] for row in result["rows"] if row["unit"] == "s"}
    for name, examined_s in seconds.items():
        if name.endswith("examined"):
            assert 0 < examined_s < seconds[name.replace("examined", "first segment")]
    assert len(seconds) == 8


def test_answers_take_time_with_every_database_that_is_there():
    result = run.measured("--quick", "--only", "search")

    rows = {row["name"]: row["median"] for row in result["rows"]}
    assert all(value > 0 for value in rows.values())
    for name, p50 in rows.items():
        if name.endswith("p50"):
            assert p50 <= rows[name.replace("p50", "p99")]
    assert len(rows) == (10 if postgres.programs() else 5)


def test_a_file_is_received_beside_a_copy_of_it():
    result = run.measured("--quick", "--only", "receiving")

    assert [row["median"] > 0 for row in result["rows"]] == [True, True, True]


def test_pages_are_composed_and_answered_and_their_queries_are_the_same_for_many_clips():
    result = run.measured("--quick", "--only", "pages")

    rows = {row["name"]: row["median"] for row in result["rows"]}
    assert all(value > 0 for value in rows.values())
    assert [v for name, v in rows.items() if name.endswith("with one, queries")] == [1, 1]
    assert len([name for name in rows if name.endswith("answers a second")]) == 4


def test_the_latest_result_is_kept_under_its_date_too(tmp_path):
    result = {"at": "2026-03-01T10:20:30+00:00", "rows": []}

    latest = run.keep(result, tmp_path / "bench")

    names = sorted(path.name for path in latest.parent.iterdir())
    assert names == ["2026-03-01T102030+0000.json", "latest.json"]
