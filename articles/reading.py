"""What a reader's page shows, as plain values: every query is made here, their number constant."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.db.models import Prefetch
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from articles.core.body import ClipRef, clip_ids, split_body, with_link_cards
from articles.core.moments import at_second
from articles.models import Article, Byline, Correction, Embed, Topic
from articles.posters import PosterView, read_poster
from articles.stills import StillView, read_stills
from media import release
from media.core.captions import media_time
from media.core.encode_args import MP4_NAME, STORYBOARD_VTT_NAME
from media.core.hls import MASTER_NAME
from media.core.languages import primary
from media.core.veils import Veil
from media.models import Clip, Transcript, Warning

# How an address of a clip's file is made: from the package's or transcript's id and a name.
Addresses = Callable[[str, str], str]
CUE_KINDS = (
    Transcript.Kind.CAPTIONS,
    Transcript.Kind.SUBTITLES,
    Transcript.Kind.DESCRIPTIONS,
)


@dataclass(frozen=True)
class CueView:
    start_ms: int
    end_ms: int
    start: str
    speaker: str
    text: str
    url: str
    corrected_at: datetime | None = None
    correction: str = ""


@dataclass(frozen=True)
class WarningView:
    """What a reader is told before they agree: of the whole clip, or of a span, then ``span``.

    ``words`` are the editor's in the page's language, else what the kind is called.
    """

    kind: str
    words: str
    start_ms: int | None = None
    end_ms: int | None = None
    span: str = ""

    def __str__(self) -> str:
        return self.words

    @property
    def veil(self) -> Veil | None:
        if self.start_ms is None or self.end_ms is None:
            return None
        return Veil(self.start_ms, self.end_ms)


@dataclass(frozen=True)
class Turn:
    """Cues in a row of one speaker."""

    speaker: str
    cues: tuple[CueView, ...]


@dataclass(frozen=True)
class Stretch:
    """Turns in a row under the same warnings of spans; they are folded where there are any."""

    warnings: tuple[WarningView, ...]
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class TranscriptView:
    id: str
    language: str
    direction: str
    name: str
    kind: str
    cues: tuple[CueView, ...]
    stretches: tuple[Stretch, ...] = ()
    is_machine_made: bool = False
    checked_by: str = ""


@dataclass(frozen=True)
class TrackView:
    url: str
    language: str
    label: str
    kind: str
    is_default: bool


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
    blocks: tuple[TextBlock | ClipBlock, ...]

    @property
    def clips(self) -> tuple[ClipView, ...]:
        return tuple(block.clip for block in self.blocks if isinstance(block, ClipBlock))


def read_story(
    article: Article, *, addresses: Addresses = release.address, draft: bool = False
) -> StoryView:
    """Everything that the story's page shows. ``draft`` shows clips that are not cleared yet."""
    clips = {
        embed.clip.public_id: read_clip(embed, article, addresses=addresses)
        for embed in _embeds(article, draft=draft)
    }
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
        blocks=tuple(_blocks(article.body, clips)),
    )


def _blocks(body: str, clips: dict[str, ClipView]) -> Iterable[TextBlock | ClipBlock]:
    """Text and clips in order; a clip that readers may not see leaves no trace."""
    for part in split_body(body):
        if not isinstance(part, ClipRef):
            yield TextBlock(part.html)
        elif part.clip_id in clips:
            yield ClipBlock(clips[part.clip_id])


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
    clips = Clip.objects.packaged() if draft else Clip.objects.playable()
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
        tracks=_tracks(transcripts, article.language, addresses),
        transcripts=tuple(
            _transcript(t, watch_url, warnings)
            for t in transcripts
            if with_words and t.kind in CUE_KINDS
        ),
        chapters=_chapters(transcripts, article.language, watch_url) if with_words else (),
        stills=(
            read_stills(package, clip.veils, addresses)
            if has_pictures and all(warning.veil for warning in warnings)
            else ()
        ),
    )


def read_warnings(warnings: Iterable[Warning], language: str) -> tuple[WarningView, ...]:
    """One for each kind and span, those of the whole clip first."""

    def subject(warning: Warning) -> tuple[int, int, str]:
        start, end = warning.start_ms, warning.end_ms
        return (
            (-1, -1, warning.kind) if start is None or end is None else (start, end, warning.kind)
        )

    return tuple(
        _warning(about, list(group), language)
        for about, group in groupby(sorted(warnings, key=subject), key=subject)
    )


def _warning(about: tuple[int, int, str], worded: list[Warning], language: str) -> WarningView:
    start_ms, end_ms, kind = about
    words = next(
        (w.wording for w in worded if w.wording and primary(w.language) == primary(language)),
        str(Warning.Kind(kind).label),
    )
    if start_ms < 0:
        return WarningView(kind, words)
    return WarningView(kind, words, start_ms, end_ms, _span(start_ms, end_ms))


def _span(start_ms: int, end_ms: int) -> str:
    """
    >>> _span(61_000, 64_200)
    '1:01–1:05'
    """
    return f"{media_time(start_ms)}–{media_time(end_ms + 999)}"


def _chapters(transcripts: list[Transcript], language: str, watch_url: str) -> tuple[CueView, ...]:
    """The chapters of a clip, in the page's language if there are such."""
    lists = [found for found in transcripts if found.kind == Transcript.Kind.CHAPTERS]
    lists.sort(key=lambda found: primary(found.language) != primary(language))
    return _cues(lists[0], watch_url) if lists else ()


def _tracks(
    transcripts: list[Transcript], language: str, addresses: Addresses
) -> tuple[TrackView, ...]:
    default = next(
        (
            transcript.pk
            for transcript in transcripts
            if primary(transcript.language) == primary(language)
            and transcript.kind in (Transcript.Kind.CAPTIONS, Transcript.Kind.SUBTITLES)
        ),
        None,
    )
    return tuple(
        TrackView(
            url=addresses(transcript.public_id, release.caption_name(transcript)),
            language=transcript.language,
            label=transcript.language_name,
            kind=transcript.kind,
            is_default=transcript.pk == default,
        )
        for transcript in transcripts
    )


def _transcript(
    transcript: Transcript, watch_url: str, warnings: tuple[WarningView, ...]
) -> TranscriptView:
    cues = _cues(transcript, watch_url)
    return TranscriptView(
        id=transcript.public_id,
        language=transcript.language,
        direction=transcript.direction,
        name=transcript.language_name,
        kind=transcript.kind,
        cues=cues,
        stretches=tuple(_stretches(cues, warnings)),
        is_machine_made=transcript.origin == Transcript.Origin.MACHINE,
        checked_by=transcript.checked_by,
    )


def _cues(transcript: Transcript, watch_url: str) -> tuple[CueView, ...]:
    return tuple(
        CueView(
            start_ms=cue.start_ms,
            end_ms=cue.end_ms,
            start=media_time(cue.start_ms),
            speaker=cue.speaker,
            text=cue.text,
            url=moment_url(watch_url, cue.start_ms),
            corrected_at=cue.corrected_at,
            correction=cue.correction,
        )
        for cue in transcript.cues.all()
    )


def moment_url(watch_url: str, start_ms: int) -> str:
    """The watch page at a moment of its clip."""
    return at_second(watch_url, start_ms / 1000)


def _stretches(cues: tuple[CueView, ...], warnings: tuple[WarningView, ...]) -> Iterable[Stretch]:
    def told(cue: CueView) -> tuple[WarningView, ...]:
        return tuple(w for w in warnings if w.veil and w.veil.touches(cue.start_ms, cue.end_ms))

    for about, run in groupby(cues, key=told):
        by_speaker = groupby(run, key=lambda cue: cue.speaker)
        yield Stretch(about, tuple(Turn(who, tuple(said)) for who, said in by_speaker))


def absolute(url: str) -> str:
    """A site-relative address with scheme and host."""
    return f"{settings.BASE_URL}{url}"
