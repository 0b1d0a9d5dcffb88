"""What a page may not say: whatever of its footage and pictures only their own data says.

A fact that an editor wrote on purpose is no leak, so what was written for the stories on a page is
gathered here, as much of it as the page can show.
"""

from collections.abc import Collection, Iterable, Iterator

from articles import pages
from articles.core.body import plain_text
from articles.filing import PACKED, Drawn
from articles.models import Article, Author, Correction, Embed, Illustration, PublicPage, Topic
from articles.reading import StoryView
from articles.spoken import TranscriptView
from media import leakscan, stores
from media.core.leaks import Finding, Marks
from media.leakscan import Original
from media.models import Footage, Picture, Warning


def check(files: Iterable[Drawn], marks: Marks) -> None:
    """Scan files before they are placed. Raises LeakFound for the first that may not be."""
    for file in files:
        leakscan.check_page(file.path, file.content, marks)


def has_leaks(file: Drawn, marks: Marks) -> bool:
    return bool(leakscan.page_findings(file.path, file.content, marks))


def marks_of_story(article: Article, story: StoryView) -> Marks:
    """What the pages of this story, and of its clips, may not say."""
    return leakscan.page_marks(_originals([article]), written=_written(article, story))


def marks_of_lists(articles: Collection[Article], *, beside: Collection[Article] = ()) -> Marks:
    """What lists of these stories may not say, in a number of queries that does not grow.

    What was written for the stories that stand ``beside`` them may be said as well.
    """
    written = _written_for_lists([*articles, *beside])
    return leakscan.page_marks(_originals(articles), written=written)


def _originals(articles: Iterable[Article]) -> list[Original]:
    """The footage and the pictures that stand in stories."""
    keys = [article.pk for article in articles]
    return [
        *Footage.objects.filter(clips__articles__in=keys).distinct(),
        *Picture.objects.filter(illustrations__article__in=keys).distinct(),
    ]


def _written(article: Article, story: StoryView) -> str:
    """All that editors wrote for a story, as one text."""
    words = [article.slug, story.headline, story.standfirst, article.body, article.section]
    words.append(plain_text(article.body))
    words += [other.headline for other in story.translations]
    words += [byline.author.name for byline in story.bylines]
    words += [topic.name for topic in story.topics]
    words += [correction.text for correction in story.corrections]
    for picture in story.pictures:
        words += [*picture.words, picture.warning]
    for clip in story.clips:
        words += [clip.slug, clip.title, clip.caption, clip.alt, clip.credit]
        words += [warning.words for warning in clip.warnings]
        words += [chapter.text for chapter in clip.chapters]
        words += _spoken(clip.transcripts)
    for lapsed in story.lapsed:
        words += [lapsed.slug, lapsed.title, lapsed.caption, lapsed.credit]
        words += _spoken(lapsed.transcripts)
    return "\n".join(words)


def _spoken(transcripts: Iterable[TranscriptView]) -> Iterator[str]:
    for transcript in transcripts:
        yield transcript.checked_by
        for cue in transcript.cues:
            yield from (cue.text, cue.correction)


def _written_for_lists(articles: Collection[Article]) -> str:
    """What editors wrote of stories and their clips, but for the bodies and what is spoken."""
    keys = [article.pk for article in articles]
    words = [word for a in articles for word in (a.slug, a.headline, a.standfirst, a.section)]
    of_clips = Embed.objects.filter(article__in=keys).values_list(
        *("title", "caption", "alt", "credit"),
        *("clip__slug", "clip__title", "clip__caption", "clip__alt", "clip__credit"),
    )
    of_pictures = Illustration.objects.filter(article__in=keys)
    words += [word for row in of_clips for word in row]
    words += [word for row in of_pictures.values_list("alt", "caption", "credit") for word in row]
    for named in (
        Author.objects.filter(bylines__article__in=keys),
        Topic.objects.filter(articles__in=keys),
    ):
        words += [word for row in named.values_list("name", "slug") for word in row]
    corrections = Correction.objects.filter(article__in=keys)
    words += corrections.values_list("text", flat=True)
    warnings = Warning.objects.filter(clip__articles__in=keys)
    words += warnings.values_list("wording", flat=True)
    return "\n".join(words)


def public_page_findings() -> dict[str, list[Finding]]:
    """Scan every placed page once more, as it lies on the disk, for what its originals say."""
    found = {}
    words, originals = {}, {}
    for article in Article.objects.filter(pages__isnull=False).distinct():
        words[article.pk] = _written(article, pages.public_story(article))
        originals[article.pk] = set(_originals([article]))
    for page in PublicPage.objects.prefetch_related("articles"):
        shown = [article.pk for article in page.articles.all()]
        written = "\n".join(words[pk] for pk in shown)
        marks = leakscan.page_marks(set().union(*(originals[pk] for pk in shown)), written=written)
        for name in (page.path, *(page.path + ending for ending in PACKED)):
            findings = leakscan.page_findings(name, stores.read_public(name) or b"", marks)
            if findings:
                found[name] = findings
    return found
