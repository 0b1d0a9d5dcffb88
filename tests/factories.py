"""Tiny factories: each makes a valid, ordinary thing; name only what your test is about."""

import itertools
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone
from PIL import Image

from articles.core.figures import PictureRef
from articles.models import Article, Embed
from media.core.pictures import FORMATS
from media.core.probe import Probe, Sound
from media.models import Clip, Cue, Footage, Package, Picture, Transcript
from newsroom.people import make_groups

_numbers = itertools.count(1)


def a_footage(**fields: Any) -> Footage:
    """Examined footage."""
    number = next(_numbers)
    defaults = {
        "state": Footage.State.READY,
        "sha256": f"{number:064x}",
        "byte_size": 1000,
        "store_name": f"aa/{number}",
        "original_name": "a-phone-video.mov",
        "arrival": Footage.Arrival.COMMAND,
        "probe": {"duration_ms": 10_000},
        "consent": Footage.Consent.ANONYMOUS,
        "rights_holder": "Heron",
    }
    return Footage.objects.create(**{**defaults, **fields})


def a_clip(**fields: Any) -> Clip:
    """A clip of ready footage, of which all is decided; nobody has encoded or cleared it."""
    defaults = {
        "title": "A house is set alight",
        "alt": "A house in flames.",
        "needs_no_warning": True,
        "has_no_speech": True,
    }
    if "footage" not in fields:
        defaults["footage"] = a_footage()
    return Clip.objects.create(**{**defaults, **fields})


def a_package(clip: Clip, **fields: Any) -> Package:
    """A finished package, and the clip's current one. Its files are not made."""
    defaults = {
        "version": clip.packages.count() + 1,
        "width": 1280,
        "height": 720,
        "duration_ms": 10_000,
        "byte_size": 4_000_000,
        "mp4_byte_size": 900_000,
        "mp4_height": 480,
        "has_audio": True,
        "scan": {"files": 10, "values": 40, "found": 0},
    }
    package = Package.objects.create(clip=clip, **{**defaults, **fields})
    clip.current_package = package
    clip.save()
    return package


def a_ready_clip(**fields: Any) -> Clip:
    """A clip with a current package, whose files lie in the working store; nobody cleared it."""
    clip = a_clip(**fields)
    package = a_package(clip)
    folder = Path(settings.STORAGES["packages"]["OPTIONS"]["location"]) / package.public_id
    for name in ("master.m3u8", "clip.mp4", "poster.jpg", "360p/index.m3u8"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{package.public_id} {name}")
    return clip


def a_playable_clip(**fields: Any) -> Clip:
    """A clip that readers may see: packaged and cleared."""
    clip = a_clip(**{"cleared_at": timezone.now(), **fields})
    a_package(clip)
    return clip


def a_picture(**fields: Any) -> Picture:
    """A small picture whose forms lie in the working store; its original is not made."""
    number = next(_numbers)
    names = {form: f"24-{number:016x}.{form}" for form in FORMATS}
    defaults = {
        "sha256": f"{number:064x}",
        "byte_size": 1000,
        "store_name": f"pp/{number}",
        "original_name": "IMG_2041.jpg",
        "width": 4000,
        "height": 3000,
        "forms": [{"width": 24, "height": 18, "names": names}],
    }
    picture = Picture.objects.create(**{**defaults, **fields})
    folder = Path(settings.STORAGES["packages"]["OPTIONS"]["location"]) / picture.public_id
    folder.mkdir(parents=True)
    for name in names.values():
        Image.new("RGB", (24, 18), "teal").save(folder / name)
    return picture


def a_figure(picture: Picture, **words: Any) -> str:
    """A picture as it stands in a body, described if nothing else is said."""
    return PictureRef(picture.public_id, **{"alt": "A gate of iron.", **words}).html


def a_transcript(clip: Clip, *words: str, **fields: Any) -> Transcript:
    """Approved English captions, a cue of two seconds for each text."""
    defaults = {"language": "en", "state": Transcript.State.APPROVED}
    transcript = Transcript.objects.create(clip=clip, **{**defaults, **fields})
    Cue.objects.bulk_create(
        Cue(
            transcript=transcript,
            position=position,
            start_ms=position * 2000,
            end_ms=position * 2000 + 1500,
            text=text,
        )
        for position, text in enumerate(words or ("A fire crackles.",))
    )
    return transcript


def an_article(*clips: Clip, **fields: Any) -> Article:
    """A published story with these clips in it. Its pages are not placed."""
    number = next(_numbers)
    figures = "".join(f'<figure data-clip="{clip.public_id}"></figure>' for clip in clips)
    defaults = {
        "slug": f"story-{number}",
        "headline": "Mosul's hidden cells",
        "standfirst": "They film what they do.",
        "body": f"<p>The pictures are hurried.</p>{figures}",
        "status": Article.Status.PUBLISHED,
        "published_at": timezone.now() - timedelta(hours=1),
    }
    article = Article.objects.create(**{**defaults, **fields})
    for position, clip in enumerate(clips):
        Embed.objects.create(article=article, clip=clip, position=position)
    return article


def a_draft(*clips: Clip, **fields: Any) -> Article:
    return an_article(*clips, **{"status": Article.Status.DRAFT, "published_at": None, **fields})


def a_person(name: str, *groups: str, **fields: Any) -> Any:
    """Somebody on the staff, in the groups named."""
    make_groups()
    user = get_user_model().objects.create_user(name, password=name, is_staff=True, **fields)
    user.groups.add(*Group.objects.filter(name__in=groups))
    return user


def a_probe(**fields: Any) -> Probe:
    """Ordinary phone footage: 1080p, 30 frames a second, ten seconds, stereo."""
    defaults = {
        "container": "mov,mp4,m4a,3gp,3g2,mj2",
        "video_index": 0,
        "codec": "h264",
        "width": 1920,
        "height": 1080,
        "is_sideways": False,
        "is_interlaced": False,
        "frame_rate": Fraction(30),
        "duration_ms": 10_000,
        "pixel_format": "yuv420p",
        "matrix": 1,
        "is_full_range": False,
        "hdr_transfer": "",
        "sounds": (Sound(1, "aac", 2),),
    }
    return Probe(**{**defaults, **fields})
