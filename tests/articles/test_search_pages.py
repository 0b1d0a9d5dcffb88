"""Pages of answers, and how the index keeps up with what is public."""

import pytest
from django.utils import timezone

from articles import placement, publishing, search
from articles.core import folding
from articles.models import Passage
from media.models import Clip, Transcript, Warning
from tests.articles.finding import (
    LOST_UPDATES,
    a_spoken_clip,
    asked,
    find_url,
    on_the_site,
    published,
)
from tests.articles.public import finish_jobs
from tests.factories import a_draft, a_ready_clip, a_transcript

pytestmark = pytest.mark.django_db


def placed(*clips, **fields):
    return publishing.publish(a_draft(*clips, **fields), by=None)


def a_ready_spoken_clip(*words):
    """One whose files can be placed."""
    clip = a_ready_clip(title="Untitled")
    a_transcript(clip, *words)
    return clip


# Keeping up --------------------------------------------------------------------------------------


def test_placing_what_has_not_changed_writes_no_passage_again():
    article = placed(a_ready_spoken_clip("Behind the mill"))
    before = list(Passage.objects.values_list("pk", flat=True))

    placement.refresh_now(article)

    assert list(Passage.objects.values_list("pk", flat=True)) == before != []


def test_a_new_transcript_is_found_in_place_of_the_old_one():
    clip = a_ready_spoken_clip("Behind the mill")
    placed(clip)
    clip.transcripts.update(superseded=True)
    a_transcript(clip, "Behind the tower")
    placement.queue.request("refresh_clip", clip.pk)

    finish_jobs()

    assert (len(on_the_site("tower")), on_the_site("mill")) == (1, [])


def test_new_rules_for_words_have_every_story_indexed_anew(monkeypatch):
    article = placed(headline="The mill")
    placement.place_everything()
    article.passages.update(words="as older rules had it")
    placement.place_everything()
    unchanged = on_the_site("mill")

    monkeypatch.setattr(folding, "VERSION", folding.VERSION + 1)
    placement.place_everything()

    assert (unchanged, on_the_site("mill")) == ([], ["The mill"])


def test_what_is_not_on_the_page_is_not_in_the_index():
    shown, hidden = (
        a_ready_spoken_clip("the mill is shown"),
        a_ready_spoken_clip("the mill is hidden"),
    )
    a_transcript(shown, "the mill unread", language="fr", state=Transcript.State.DRAFT)
    article = placed(shown, hidden)
    Clip.objects.filter(pk=hidden.pk).update(withdrawn_at=timezone.now())
    placement.refresh_now(article)

    found = Passage.objects.filter(words__contains="mill").values_list("text", flat=True)
    assert list(found) == ["the mill is shown"]


def test_withdrawing_takes_a_story_out_of_the_index():
    article = placed(a_ready_spoken_clip("Behind the mill"))
    other = placed(headline="The mill stays")

    publishing.withdraw(article, by=None, reason="Danger.")

    assert set(Passage.objects.values_list("article", flat=True)) == {other.pk}
    assert on_the_site("mill") == ["The mill stays"]


# The pages ---------------------------------------------------------------------------------------


def test_a_page_marks_what_was_found_and_escapes_the_rest(client):
    article = published(a_spoken_clip("<b>fire</b> & smoke"))

    html = asked(client, find_url(article), "fire <script>")

    assert "&lt;b&gt;<mark>fire</mark>&lt;/b&gt; &amp; smoke" in html
    assert ("<script>" in html, 'value="fire &lt;script&gt;"' in html) == (False, True)


def test_words_in_another_language_than_the_pages_say_so(client):
    clip = a_spoken_clip("بيت يحترق", language="ar")
    published(clip, headline="Mosul")

    html = asked(client, "/search/", "بيت")

    assert 'lang="ar" dir="rtl"><mark>بيت</mark> يحترق' in html
    assert '<h2 lang="en" dir="ltr">' in html


def test_a_place_in_the_text_opens_at_its_words(client):
    article = published(body="<p>They went down to the mill-house, slowly.</p>", slug="cells")

    html = asked(client, find_url(article), "mill-house")

    assert 'href="/stories/cells/#:~:text=down%20to%20the-,mill%2Dhouse"' in html


def test_a_hit_in_a_warned_clip_says_so_and_shows_no_picture(client):
    clip = a_spoken_clip("Behind the mill")
    Warning.objects.create(clip=clip, kind=Warning.Kind.FIRE, wording="A house burns.")
    article = published(clip)

    for html in (asked(client, find_url(article), "mill"), asked(client, "/search/", "mill")):
        assert "Behind a warning: <bdi>A house burns.</bdi>" in html
        assert "Behind the <mark>mill</mark>" in html
        assert [mark for mark in ("<img", "poster", "/media/") if mark in html] == []


def test_words_of_a_warned_span_are_shown_to_those_who_ask_alone(client):
    clip = a_spoken_clip("A mill before", "A mill within", "A mill after")
    Warning.objects.create(clip=clip, kind=Warning.Kind.INJURY, start_ms=2000, end_ms=4000)
    article = published(clip)

    before, within, after = search.search_story(article, "mill").hits
    html = asked(client, find_url(article), "within")

    assert [hit.is_folded for hit in (before, within, after)] == [False, True, False]
    assert within.warnings == ("Injury or blood",)
    outside, folded = html.split("<details", 1)
    assert ("<mark>within</mark>" in outside, "<mark>within</mark>" in folded) == (False, True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write a word, or several"),
        ("***", "There is no word in this to look for"),
        ("zebra", "Nothing was found for “<bdi>zebra</bdi>”. Try fewer words"),
        ("fire " + "x" * 300, "only the first words were"),
        ("fire zebra", "No single place has all of these words"),
    ],
)
def test_a_page_helps_where_little_or_nothing_is_found(client, text, sentence):
    article = published(a_spoken_clip("A fire"))

    assert sentence in asked(client, find_url(article), text)
    assert sentence in asked(client, "/search/", text)


def test_the_sites_page_speaks_the_language_that_is_asked_for(client):
    published(headline="The mill")

    html = asked(client, "/search/", "mill", lang="ar")

    assert '<html lang="ar" dir="rtl">' in html
    assert "موضع واحد" in html


def test_pages_of_answers_stay_out_of_shared_caches_and_of_other_search_engines(client):
    article = published(headline="The mill")

    for address in ("/search/", find_url(article)):
        response = client.get(address, {"q": "mill"})
        assert response["Cache-Control"] == "private, max-age=30"
        assert response["X-Robots-Tag"] == "noindex"
        assert '<meta name="robots" content="noindex, follow">' in response.content.decode()
        assert (client.head(address).status_code, client.post(address).status_code) == (200, 405)
    assert dict(client.cookies) == {}


@pytest.mark.parametrize(("lost", "status"), [("draft", 404), ("embargo", 404), ("withdrawn", 410)])
def test_a_story_that_is_not_public_cannot_be_asked(client, lost, status):
    article = published(headline="The mill", slug="mill")
    LOST_UPDATES[lost]()

    response = client.get(find_url(article), {"q": "the"})

    assert response.status_code == status
    assert article.headline not in response.content.decode()
