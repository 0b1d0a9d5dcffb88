"""What tests of search share: stories that can be found, and how what is found reads."""

from datetime import timedelta

from django.utils import timezone

from articles import indexing, pages, search
from articles.models import Article, Embed
from media.models import Clip, Footage, Transcript
from tests.factories import a_playable_clip, a_transcript, an_article


def indexed(article):
    indexing.index_story(article, pages.public_story(article))
    return article


def published(*clips, **fields):
    """A story that is found; none of its files is placed."""
    return indexed(an_article(*clips, **fields))


def a_spoken_clip(*words, language="en", **fields):
    clip = a_playable_clip(**{"title": "Untitled", **fields})
    a_transcript(clip, *words, language=language)
    return clip


def on_the_site(text, **options):
    """The headlines of the stories that are found, in order."""
    stories = search.search(text, language="en", **options).stories
    return ["".join(piece.text for piece in story.headline) for story in stories]


def in_the_story(article, text, **options):
    """What is shown of the places that are found, in order, marks in brackets."""
    answer = search.search_story(article, text, **options)
    return ["".join(map(spelled, hit.pieces)) for hit in answer.hits]


def figure_of(clip):
    return f'<figure data-clip="{clip.public_id}"></figure>'


def spelled(piece):
    return f"[{piece.text}]" if piece.is_found else piece.text


def find_url(article):
    return f"{article.get_absolute_url()}find/"


def asked(client, address, text, **parameters):
    return client.get(address, {"q": text, **parameters}).content.decode()


HOUR = timedelta(hours=1)


def later():
    return timezone.now() + HOUR


LOST_UPDATES = {
    "draft": lambda: Article.objects.update(status="draft"),
    "put off": lambda: Article.objects.update(published_at=later()),
    "embargo": lambda: Article.objects.update(embargo_until=later()),
    "withdrawn": lambda: Article.objects.update(
        status="withdrawn", withdrawn_at=timezone.now(), withdrawn_reason="Danger."
    ),
    "clip withdrawn": lambda: Clip.objects.update(withdrawn_at=timezone.now()),
    "clip not cleared": lambda: Clip.objects.update(cleared_at=None),
    "clip without package": lambda: Clip.objects.update(current_package=None),
    "consent withdrawn": lambda: Footage.objects.update(consent=Footage.Consent.WITHDRAWN),
    "transcript not approved": lambda: Transcript.objects.update(state="draft"),
    "transcript replaced": lambda: Transcript.objects.update(superseded=True),
    "clip taken out": lambda: Embed.objects.all().delete(),
}
