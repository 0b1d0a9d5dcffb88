"""No warned pixel: every picture that any public address shows, names or holds, of a real film."""

import io
import re

import pytest
from PIL import Image

from articles import publishing
from articles.models import Author, Byline, Topic
from media import queue, redrawing
from media.models import Warning
from tests.articles.addresses import addresses_of
from tests.articles.public import finish_jobs, public_folder
from tests.factories import a_draft, a_transcript
from tests.media import studio
from tests.media.packages import packaged

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Green, but for two seconds of blue: those are warned of first, then all of it.
SPAN = {"start_ms": 2000, "end_ms": 4000}
FILM = "drawbox=color=green:t=fill,drawbox=color=blue:t=fill:enable='gte(t,2)*lt(t,4)'"
PICTURE = re.compile(r"[\w:/.-]+\.(?:jpe?g|png|webp|avif|gif)")
# What a script shows when the gate opens.
BEHIND_THE_GATE = re.compile(r'data-poster="[^"]*"')


@pytest.fixture
def article(tmp_path, settings):
    """A public story of one clip, whose poster, cards and stills are of every moment."""
    settings.AV1 = False
    film = studio.film(tmp_path, seconds=8, filters=FILM)
    clip = packaged(film, poster_ms=2500, slug="mill", title="The mill").clip
    a_transcript(clip, "They came.", "They fired.", "They left.", "It was still.")
    article = a_draft(clip, slug="cells")
    article.topics.add(Topic.objects.create(name="Mills", slug="mills"))
    author = Author.objects.create(name="Mary Miller", slug="mary")
    Byline.objects.create(article=article, author=author)
    return publishing.publish(article, by=None)


def warn(article, **span):
    clip = article.clips.get()
    Warning.objects.create(clip=clip, kind=Warning.Kind.DEATH, wording="A man dies.", **span)
    redrawing.ask_for_pictures(clip)
    queue.request("refresh_clip", clip.pk)
    finish_jobs()


def colours(content):
    """Which of blue and green a picture shows anywhere, but for a few blurred points."""
    with Image.open(io.BytesIO(content)) as picture:
        data = picture.convert("RGB").tobytes()
    points = list(zip(data[::3], data[1::3], data[2::3], strict=True))
    blue = sum(blue > 150 and red < 90 and green < 90 for red, green, blue in points)
    green = sum(green > 90 and red < 60 and blue < 60 for red, green, blue in points)
    return {name for name, count in (("blue", blue), ("green", green)) if count > 20}


def shown(client, article):
    """The colours of all pictures that an address answers with, or that its answer names."""
    found = set()
    watch = f"/stories/cells/{article.clips.get().slug}/"
    known = [address for kind in addresses_of(article).values() for address in kind]
    for number in range(1, 5):
        known += [f"{watch}q/{number}-{number}/", f"{watch}q/{number}-{number}/card.jpg"]
    for address in known:
        answer = client.get(address)
        if answer["Content-Type"].startswith("image/"):
            found |= colours(answer.content)
        elif answer.status_code == 200:
            text = BEHIND_THE_GATE.sub("", answer.content.decode())
            for name in set(PICTURE.findall(text)):
                path = public_folder() / ("media/" + name.partition("/media/")[2])
                found |= colours(path.read_bytes()) if path.is_file() else set()
    return found


def held():
    """The colours of all pictures that lie in `public`."""
    pictures = [path for path in public_folder().rglob("*") if PICTURE.fullmatch(path.name)]
    return set().union(*(colours(path.read_bytes()) for path in pictures))


def test_no_public_picture_shows_what_is_warned_of(client, article):
    before = shown(client, article), held()
    warn(article, **SPAN)
    of_a_span = shown(client, article), held()
    warn(article)
    of_all = shown(client, article)

    assert before == ({"blue", "green"}, {"blue", "green"})
    assert of_a_span == ({"green"}, {"green"})
    # The poster and the storyboard wait in `public` for the gate to be opened.
    assert of_all == set()
