"""The rule for MP4 files and CMAF segments: boxes, their content, and every sample in them."""

import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from operator import attrgetter
from typing import BinaryIO

from media.core.leaks import aac, av1, edits, fields, h264
from media.core.leaks.boxes import CHILDREN, FIELDS_BEFORE_CHILDREN, Box, parse
from media.core.leaks.findings import Finding
from media.core.leaks.reading import Malformed, read_at
from media.core.leaks.samples import (
    Sample,
    Track,
    fragment_samples,
    table_samples,
    tracks_in,
)

MOST_SAMPLES = 4_000_000
"""Ten hours of sixty pictures a second, and their sound."""


def scan_mp4(stream: BinaryIO, tracks: Mapping[int, Track] | None = None) -> Iterator[Finding]:
    """Report whatever an MP4, an init segment or a media segment holds beyond picture and sound.

    ``tracks`` come from the init segment of a media segment. Without them, and without a moov of
    its own, what a segment holds cannot be known, and that is a finding.
    """
    root, found = parse(stream)
    yield from found
    if not root.all("moov") and not root.all("moof"):
        yield Finding("file", "There is neither a film nor a part of one in it.")
    yield from _contents(stream, root)
    try:
        yield from _track_kinds(stream, root)
        known = tracks_in(stream, root) or tracks or {}
        if root.first("moof") and not known:
            raise Malformed("its init segment is not known, so its samples cannot be checked")
        yield from edits.hidden(stream, root)
        yield from _samples(stream, root, known)
    except (Malformed, struct.error, IndexError) as fault:
        yield Finding("samples", f"Malformed: {fault}.")


def _contents(stream: BinaryIO, parent: Box) -> Iterator[Finding]:
    """Check the content of every leaf, and the own fields of every container."""
    for box in parent.children:
        end = box.end
        if box.path in CHILDREN:
            end = box.body + FIELDS_BEFORE_CHILDREN.get(box.path, 0)
            yield from _contents(stream, box)
        if box.kind != "mdat" and (box.path not in CHILDREN or end > box.body):
            yield from _content(stream, box, end)


def _content(stream: BinaryIO, box: Box, end: int) -> Iterator[Finding]:
    try:
        for sentence in fields.check(box.path, read_at(stream, box.body, end - box.body)):
            yield Finding(box.path, sentence)
    except (Malformed, struct.error, IndexError) as fault:
        yield Finding(box.path, f"Malformed: {fault}.")


def _track_kinds(stream: BinaryIO, root: Box) -> Iterator[Finding]:
    handlers = root.all("moov/trak/mdia/hdlr")
    kinds = Counter(read_at(stream, box.body, box.end - box.body)[8:12] for box in handlers)
    if any(count > 1 for count in kinds.values()):
        yield Finding("moov", "There is more than one track of a kind.")


def _samples(stream: BinaryIO, root: Box, tracks: Mapping[int, Track]) -> Iterator[Finding]:
    """Walk all samples in file order: they must fill every mdat, and each be fit to publish."""
    first: dict[str, int] = {}
    times: Counter[str] = Counter()
    try:
        for sample in _filling(root.all("mdat"), _in_order(stream, root, tracks)):
            for name in _refused(stream, sample):
                first.setdefault(name, sample.number)
                times[name] += 1
    except Malformed as fault:
        yield Finding("samples", f"Malformed: {fault}.")
    for name, number in first.items():
        what = f"This unit is not picture or sound, and stands here {times[name]} times."
        yield Finding(f"{name} in sample {number}", what)


def _in_order(stream: BinaryIO, root: Box, tracks: Mapping[int, Track]) -> Iterator[Sample]:
    """The samples of all tracks as the tables tell them, merged by their place in the file."""
    traks = zip(root.all("moov/trak"), tracks.values(), strict=False)
    yield from _merged(table_samples(stream, box, track) for box, track in traks)
    for moof in root.all("moof"):
        trafs = moof.all("traf")
        yield from _merged(fragment_samples(stream, moof, traf, tracks) for traf in trafs)


def _merged(runs: Iterable[Iterator[Sample]]) -> Iterator[Sample]:
    return merge(*runs, key=attrgetter("start"))


def _filling(mdats: list[Box], samples: Iterator[Sample]) -> Iterator[Sample]:
    """Pass samples on, as long as they fill the mdats without a gap: a gap can hide anything."""
    places = (mdat for mdat in mdats if mdat.end > mdat.body)
    at = end = 0
    for index, sample in enumerate(samples):
        if at == end and (mdat := next(places, None)):
            at, end = mdat.body, mdat.end
        if sample.start != at or sample.end > end or index > MOST_SAMPLES:
            raise Malformed(f"sample {sample.number} of track {sample.track.id} is out of place")
        yield sample
        at = sample.end
    if at != end or next(places, None):
        raise Malformed("bytes of an mdat belong to no sample")


def _refused(stream: BinaryIO, sample: Sample) -> Iterator[str]:
    """Name the units of a sample that may not be published."""
    if sample.track.codec == "avc1":
        size = sample.track.length_size
        yield from h264.refused(stream, sample.start, sample.end, size)
    elif sample.track.codec == "av01":
        yield from av1.refused(stream, sample.start, sample.end)
    else:
        yield from aac.refused(stream, sample.start, sample.end)
