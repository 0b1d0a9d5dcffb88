"""What a reader's page shows, as plain values: every query is made here, their number constant."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db.models import Prefetch
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from articles.core.body import Text, clip_ids, split_body, with_link_cards
from articles.core.figures import Figure, PictureRef
from articles.models import Article, Byline, Correction, Embed, Topic
from articles.pictures import PictureView, read_pictures
from articles.posters import PosterView, read_poster
from articles.spoken import (
    CUE_KINDS,
    Addresses,
    CueView,
    TrackView,
    TranscriptView,
    chapters_of,
    read_transcript,
    tracks_of,
)
from articles.stills import StillView, read_stills
from articles.warned import WarningView, read_warnings
from media import release
from media.core.captions import media_time
from media.core.encode_args import MP4_NAME, STORYBOARD_VTT_NAME
from media.core.hls import MASTER_NAME
from media.models import Clip, Transcript, Warning


@dataclass(frozen=True)
class ClipView:
    """One clip as a page in one language shows it. ``start_s`` is where it starts, or None.

    ``growing`` says that more of the clip, or better pictures, will come: the state of a package
    that is not whole, else "". Without an MP4, its address and its size are empty. There are no
    pictures where they are not drawn yet, or were drawn before somebody warned of a span.
    """

    id: str
    slug: str
    title: str
    caption: str
    alt: str
    credit: str
    watch_url: str
    width: int
    height: int
    is_vertical: bool
    embed_url: str
    duration: str
    duration_ms: int
    has_audio: bool
    mp4_url: str
    mp4_height: int
    mp4_bytes: int
    mp4_size: str
    hls_url: str
    growing: str
    poster: PosterView | None
    storyboard_url: str
    warnings: tuple[WarningView, ...]
    tracks: tuple[TrackView, ...]
    transcripts: tuple[TranscriptView, ...]
    chapters: tuple[CueView, ...] = ()
    stills: tuple[StillView, ...] = ()
    start_s: float | None = None

    @property
    def read_url(self) -> str:
        return f"{self.watch_url}read/"

    @property
    def warned_of(self) -> tuple[str, ...]:
        """What readers are told, each sentence once, whatever spans it is about."""
        return tuple(dict.fromkeys(warning.words for warning in self.warnings))

    @property
    def picture_url(self) -> str:
        """The picture that may stand for the clip where nobody was warned of it, or ""."""
        return "" if self.warnings or not self.poster else self.poster.url

    def starting_at(self, start_s: float) -> "ClipView":
        return replace(self, start_s=start_s)


@dataclass(frozen=True)
class TextBlock:
    html: str
    kind: str = "text"

    @property
    def html_with_cards(self) -> str:
        """As a page shows it; for machines a lone link is a link like any other."""
        return with_link_cards(self.html)


@dataclass(frozen=True)
class ClipBlock:
    clip: ClipView
    kind: str = "clip"


@dataclass(frozen=True)
class LapsedView:
    """What stays of a clip when the rights to its film have ended: who gave it, and its words.

    Its cues have no addresses: there is nothing to open at their second.
    """

    id: str
    slug: str
    title: str
    caption: str
    credit: str
    lapsed_at: datetime
    transcripts: tuple[TranscriptView, ...]


@dataclass(frozen=True)
class LapsedBlock:
    clip: LapsedView
    kind: str = "lapsed"


@dataclass(frozen=True)
class PictureBlock:
    picture: PictureView
    kind: str = "picture"


# What data tells of; and what a page shows.
ToldBlock = TextBlock | ClipBlock | PictureBlock
Block = ToldBlock | LapsedBlock


@dataclass(frozen=True)
class Translation:
    """The story in another language: ``is_original`` if the others were translated from it, and
    the addresses of the clips that it shows.
    """

    language: str
    url: str
    name: str
    direction: str
    headline: str
    is_original: bool
    clip_slugs: frozenset[str]


@dataclass(frozen=True)
class StoryView:
    """A story as its page shows it; ``updated_at`` only where it was changed after publication."""

    slug: str
    url: str
    headline: str
    standfirst: str
    section: str
    language: str
    direction: str
    published_at: datetime | None
    updated_at: datetime | None
    reading_minutes: int
    word_count: int
    bylines: tuple[Byline, ...]
    topics: tuple[Topic, ...]
    corrections: tuple[Correction, ...]
    translations: tuple[Translation, ...]
    blocks: tuple[Block, ...]

    @property
    def told(self) -> tuple[ToldBlock, ...]:
        """The blocks that data tells of: text, pictures, and clips that can be played."""
        return tuple(block for block in self.blocks if not isinstance(block, LapsedBlock))

    @property
    def clips(self) -> tuple[ClipView, ...]:
        return tuple(block.clip for block in self.blocks if isinstance(block, ClipBlock))

    @property
    def pictures(self) -> tuple[PictureView, ...]:
        return tuple(block.picture for block in self.blocks if isinstance(block, PictureBlock))

    @property
    def figures(self) -> tuple[ClipView | PictureView, ...]:
        """Pictures, and clips that can be played, in the order in which they stand in the text."""
        return tuple(
            block.clip if isinstance(block, ClipBlock) else block.picture
            for block in self.told
            if not isinstance(block, TextBlock)
        )

    @property
    def lapsed(self) -> tuple[LapsedView, ...]:
        return tuple(block.clip for block in self.blocks if isinstance(block, LapsedBlock))


def read_story(
    article: Article, *, addresses: Addresses = release.address, draft: bool = False
) -> StoryView:
    """Everything that the story's page shows. ``draft`` shows clips that are not cleared yet."""
    found = {
        embed.clip.public_id: _block(embed, article, addresses)
        for embed in _embeds(article, draft=draft)
    }
    parts = split_body(article.body)
    pictures = read_pictures((p for p in parts if isinstance(p, PictureRef)), addresses)
    corrections = tuple(article.corrections.all())
    return StoryView(
        slug=article.slug,
        url=article.get_absolute_url(),
        headline=article.headline,
        standfirst=article.standfirst,
        section=article.section,
        language=article.language,
        direction=article.direction,
        published_at=article.published_at,
        updated_at=updated_at(article, corrections),
        reading_minutes=article.reading_minutes,
        word_count=article.word_count,
        bylines=tuple(article.bylines.select_related("author")),
        topics=tuple(article.topics.all()),
        corrections=corrections,
        translations=_translations(article),
        blocks=tuple(_blocks(parts, found, pictures)),
    )


def _block(embed: Embed, article: Article, addresses: Addresses) -> ClipBlock | LapsedBlock:
    if embed.clip.lapsed_at is None:
        return ClipBlock(read_clip(embed, article, addresses=addresses))
    return LapsedBlock(_read_lapsed(embed, article.language, embed.clip.lapsed_at))


def _blocks(
    parts: Iterable[Text | Figure],
    found: dict[str, ClipBlock | LapsedBlock],
    pictures: dict[PictureRef, PictureView],
) -> Iterator[Block]:
    """Text and figures in order; a clip that readers may not see leaves no trace."""
    for part in parts:
        if isinstance(part, Text):
            yield TextBlock(part.html)
        elif isinstance(part, PictureRef):
            yield from [PictureBlock(pictures[part])] if part in pictures else []
        elif part.clip_id in found:
            yield found[part.clip_id]


def updated_at(article: Article, corrections: Sequence[Correction]) -> datetime | None:
    """When a published story was last corrected, given its corrections, the newest first."""
    newest = corrections[0].at if corrections else None
    return newest if newest and article.published_at and newest > article.published_at else None


def _translations(article: Article) -> tuple[Translation, ...]:
    root = article.translation_of_id or article.pk
    others = Article.objects.published().translations_of(root).exclude(pk=article.pk)
    return tuple(
        Translation(
            other.language,
            other.get_absolute_url(),
            other.language_name,
            other.direction,
            other.headline,
            other.pk == root,
            frozenset(embed.clip.slug for embed in other.embeds.all()),
        )
        for other in others.order_by("language").with_clips()
    )


def _embeds(article: Article, *, draft: bool) -> Iterable[Embed]:
    clips = Clip.objects.packaged() if draft else Clip.objects.readable()
    transcripts = Transcript.objects.live() if draft else Transcript.objects.approved()
    embeds = list(
        article.embeds.filter(clip__in=clips)
        .select_related("clip__current_package", "clip__footage")
        .prefetch_related(
            Prefetch("clip__warnings", Warning.objects.all()),
            Prefetch("clip__transcripts", transcripts.prefetch_related("cues")),
        )
    )
    return [*embeds, *(_inserted(article, embeds) if draft else ())]


def _inserted(article: Article, embeds: Iterable[Embed]) -> Iterator[Embed]:
    """What stands for clips in words that are still being written."""
    missing = set(clip_ids(article.body)) - {embed.clip.public_id for embed in embeds}
    if not missing:
        return
    clips = (
        Clip.objects.packaged()
        .with_facts(missing)
        .prefetch_related(
            "warnings", Prefetch("transcripts", Transcript.objects.live().prefetch_related("cues"))
        )
    )
    for clip in clips.select_related("current_package", "footage"):
        yield Embed(article=article, clip=clip)


def read_clip(
    embed: Embed,
    article: Article,
    *,
    addresses: Addresses = release.address,
    with_words: bool = True,
) -> ClipView:
    """One clip in one story; ``with_words`` reads the cues of its transcripts as well."""
    clip, package = embed.clip, embed.clip.current_package
    assert package is not None
    watch_url = reverse("watch", args=[article.slug, clip.slug])
    transcripts = list(clip.transcripts.all())
    warnings = read_warnings(clip.warnings.all(), article.language)
    # A growing package may have no picture yet, and a page must not name what is not there.
    has_pictures = not package.is_growing and package.leaves_out(clip.veils)
    return ClipView(
        id=clip.public_id,
        slug=clip.slug,
        title=embed.title or clip.title,
        caption=embed.caption or clip.caption,
        alt=embed.alt or clip.alt,
        credit=embed.credit or clip.credit,
        watch_url=watch_url,
        embed_url=reverse("embed", args=[clip.public_id]),
        width=package.width,
        height=package.height,
        is_vertical=package.height > package.width,
        duration=media_time(package.duration_ms),
        duration_ms=package.duration_ms,
        has_audio=package.has_audio,
        mp4_url=addresses(package.public_id, MP4_NAME) if package.has_mp4 else "",
        mp4_height=package.mp4_height,
        mp4_bytes=package.mp4_byte_size,
        mp4_size=filesizeformat(package.mp4_byte_size) if package.has_mp4 else "",
        hls_url=addresses(package.public_id, MASTER_NAME),
        growing="" if package.is_whole else package.state,
        poster=read_poster(package, addresses) if has_pictures else None,
        storyboard_url=(
            addresses(package.public_id, STORYBOARD_VTT_NAME)
            if has_pictures and "storyboard" in package.pictures
            else ""
        ),
        warnings=warnings,
        tracks=tracks_of(transcripts, article.language, addresses),
        transcripts=tuple(
            read_transcript(t, watch_url, warnings)
            for t in transcripts
            if with_words and t.kind in CUE_KINDS
        ),
        chapters=chapters_of(transcripts, article.language, watch_url) if with_words else (),
        stills=(
            read_stills(package, clip.veils, addresses)
            if has_pictures and all(warning.veil for warning in warnings)
            else ()
        ),
    )


def _read_lapsed(embed: Embed, language: str, lapsed_at: datetime) -> LapsedView:
    clip = embed.clip
    warnings = read_warnings(clip.warnings.all(), language)
    return LapsedView(
        id=clip.public_id,
        slug=clip.slug,
        title=embed.title or clip.title,
        caption=embed.caption or clip.caption,
        credit=embed.credit or clip.credit,
        lapsed_at=lapsed_at,
        transcripts=tuple(
            read_transcript(t, "", warnings) for t in clip.transcripts.all() if t.kind in CUE_KINDS
        ),
    )


def absolute(url: str) -> str:
    """A site-relative address with scheme and host."""
    return f"{settings.BASE_URL}{url}"
