"""Clips with stills and spoken lines, as the pages for reading and quoting show them."""

import io
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from PIL import Image

from articles import pages
from media.core.encode_args import SMALL_STILL_NAME, STILL_NAME
from media.models import Clip, Cue, Transcript
from tests.factories import a_clip, a_package

EVERY_MS = 6000


def a_clip_to_read(*, stills: int = 4, **fields) -> Clip:
    """A clip with a still every six seconds; each is of one grey, so that it can be told."""
    clip = a_clip(**{"cleared_at": timezone.now(), "slug": "mill", **fields})
    package = a_package(
        clip, pictures={"stills": {"every_ms": EVERY_MS, "count": stills, "small": True}}
    )
    folder = Path(settings.STORAGES["packages"]["OPTIONS"]["location"]) / package.public_id
    for number in range(stills):
        for name, size in ((STILL_NAME, (854, 480)), (SMALL_STILL_NAME, (214, 120))):
            path = folder / (name % number)
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", size, (0, 40 * number, 255 - 40 * number)).save(path)
    for name in ("master.m3u8", "clip.mp4", "poster.jpg"):
        (folder / name).write_bytes(b"")
    return clip


def lines(clip: Clip, *said: tuple[int, str, str], language: str = "en", **fields) -> Transcript:
    """An approved transcript: second, speaker and words of each line of two seconds."""
    state = Transcript.State.APPROVED
    transcript = Transcript.objects.create(clip=clip, language=language, state=state, **fields)
    Cue.objects.bulk_create(
        Cue(
            transcript=transcript,
            position=position,
            start_ms=second * 1000,
            end_ms=second * 1000 + 2000,
            speaker=speaker,
            text=text,
        )
        for position, (second, speaker, text) in enumerate(said, 1)
    )
    return transcript


def shown(article):
    """The story and its only clip, as pages show them."""
    story = pages.public_story(article)
    [clip] = story.clips
    return story, clip


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")
