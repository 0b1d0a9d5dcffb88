"""The table of ratios: each figure compares things that were measured side by side in one run.

    python -m benchmarks.run [--quick] [--only PART]

Draws its films, measures for some minutes in a data folder and a database of its own, prints the
table and keeps it as ``bench/latest.json``, and under its date, in the data folder that
NEWSROOM_DATA_DIR names. Run it on a machine that does nothing else. ``--quick`` takes tiny films:
it shows that the bench works, and its figures say nothing. A run of one part alone is printed, but
not kept.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from benchmarks.figures import quality_table, table
from media import jail

# What would send the measured Newsroom to the machine's own.
NOT_OURS = {"DATABASE_URL", "REDIS_URL", "NEWSROOM_BASE_URL", "NEWSROOM_MEDIA_URL"}


def environment(data: Path) -> dict[str, str]:
    """What the measuring process is told: as we were, but with a data folder of its own."""
    kept = {name: text for name, text in os.environ.items() if name not in NOT_OURS}
    own = {
        "NEWSROOM_DATA_DIR": str(data),
        # Bubblewrap does not hand on what its children used, and CPU seconds are measured here.
        "NEWSROOM_JAIL": "rlimits",
        # Without a broker each request for work says that it cannot be told of.
        "NEWSROOM_LOG": "ERROR",
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    return {**kept, **own}


def measured(*words: str) -> dict[str, Any]:
    """Measure, as ``words`` say, in a process that ends with this one. Exits where it failed."""
    with tempfile.TemporaryDirectory(prefix="newsroom-bench-", ignore_cleanup_errors=True) as name:
        result = Path(name) / "result.json"
        command = [sys.executable, "-m", "benchmarks.measure", "--to", result, *words]
        process = jail.start_service(command, environment=environment(Path(name) / "data"))
        try:
            assert process.stdout is not None
            for line in process.stdout:
                print(line.decode("utf-8", "replace").rstrip(), file=sys.stderr, flush=True)
            if process.wait():
                sys.exit("The bench could not be finished: see the lines above.")
        finally:
            # Asked first: it ends what it serves, too.
            jail.stop_service(process, patience_s=30)
        return dict(json.loads(result.read_text(encoding="utf-8")))


def keep(result: dict[str, Any], folder: Path) -> Path:
    """Write the result under its date and as the latest."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=2) + "\n"
    latest = folder / "latest.json"
    for path in (folder / f"{result['at'].replace(':', '')}.json", latest):
        path.write_text(text, encoding="utf-8")
    return latest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny films: see that it works")
    parser.add_argument(
        "--only",
        metavar="PART",
        help="first-play, ladder, memory, chunks, pages, search or receiving",
    )
    options = parser.parse_args()
    started, at = time.monotonic(), datetime.now(UTC)
    words = ["--quick"] * options.quick + (["--only", options.only] if options.only else [])
    result = measured(*words)
    result["at"] = at.isoformat(timespec="seconds")
    result["quick"] = options.quick
    result["total_s"] = round(time.monotonic() - started, 1)
    print(table(result["rows"]))
    print(quality_table(result["quality"]))
    print(f"{result['total_s']:.0f} s in all")
    if not options.quick and not options.only:
        print(f"written to {keep(result, settings.DATA_DIR / 'bench')}")


if __name__ == "__main__":
    main()
