"""Find in a story and across the site: what is found, in which order, and what never is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles import indexing, pages, search, search_postgresql
from articles.models import Article, Byline, Correction, Passage, Topic
from articles.models import Author as Writer
from media.models import Transcript, Warning
from tests.articles.finding import (
    LOST_UPDATES,
    a_spoken_clip,
    figure_of,
    find_url,
    in_the_story,
    indexed,
    later,
    on_the_site,
    published,
    spelled,
)
from tests.factories import a_draft, a_playable_clip, a_transcript, an_article

pytestmark = pytest.mark.usefixtures("each_database")


# What is found ------------------------------------------------------------------------------------


def a_full_story():
    clip = a_spoken_clip("Spokenword here", title="Titleword", caption="Captionword")
    article = an_article(
        clip,
        headline="Headlineword",
        standfirst="Standfirstword",
        section="Sectionword",
        body="<h2>Subheadword</h2><p>The <em>Text</em>word.</p>" + figure_of(clip),
    )
    Correction.objects.create(article=article, text="Correctionword.")
    Byline.objects.create(article=article, author=Writer.objects.create(name="Ann Nameword"))
    article.topics.add(Topic.objects.create(name="Topicword"))
    return indexed(article)


WORDS = (
    "headlineword", "standfirstword", "sectionword", "nameword", "topicword", "subheadword",
    "textword", "titleword", "captionword", "spokenword", "correctionword",
)  # fmt: skip


def test_every_word_of_a_storys_page_is_found_in_it_and_on_the_site():
    article = a_full_story()
    published(headline="Another story")

    missed = [word for word in WORDS if len(in_the_story(article, word)) != 1]
    assert missed == []
    assert [word for word in WORDS if on_the_site(word) != ["Headlineword"]] == []


def test_a_cue_is_found_at_its_second():
    clip = a_spoken_clip("Silence", "A fire crackles", slug="fire")
    article = published(clip, slug="cells")

    [hit] = search.search_story(article, "crackles").hits

    assert (hit.url, hit.start, hit.kind) == ("/stories/cells/fire/?t=2", "0:02", "cue")


def test_all_transcripts_are_found_each_in_its_own_language_and_direction():
    clip = a_spoken_clip("Newsroom speaks")
    a_transcript(clip, "يتكلم Newsroom", language="ar")
    a_transcript(clip, "Newsroom is seen", kind=Transcript.Kind.DESCRIPTIONS)

    hits = search.search_story(published(clip), "newsroom").hits

    found = [(hit.language, hit.direction, hit.transcript_kind) for hit in hits]
    assert found == [
        ("ar", "rtl", "captions"),
        ("en", "ltr", "captions"),
        ("en", "ltr", "descriptions"),
    ]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("قال أحمدُ هذا", "احمد"),
        ("المدرسة هنا", "مدرسه"),
        ("الســـجن الكبير", "سجن"),
        ("وبالمستشفى", "مستشفي"),
        ("يوم ٢٠١٤", "2014"),
        ("In São Tomé", "sao tome"),
        ("Łódź", "lodz"),
        ("東京都で", "京都"),
    ],
)
def test_a_word_is_found_however_it_is_spelled(written, asked):
    article = published(a_spoken_clip(written))

    assert len(in_the_story(article, asked)) == 1
    assert len(on_the_site(asked)) == 1


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("cells hidden", ["The [hidden] [cells]"]),
        ('"hidden cells"', ["The [hidden cells]"]),
        ('"cells hidden"', []),
        ("hid", ["The [hidden] cells"]),
        ("hid cells", ["The hidden [cells]"]),
        ('"hid"', []),
    ],
)
def test_words_phrases_and_beginnings(asked, expected):
    article = published(a_spoken_clip("The hidden cells"), headline="Nothing", standfirst="")

    assert in_the_story(article, asked) == expected


def test_what_is_said_across_two_cues_is_found_where_it_begins():
    clip = a_spoken_clip("They took us", "to the hidden house", "below the mill", slug="fire")
    article = published(clip, slug="cells")

    [hit] = search.search_story(article, '"us to the"').hits

    assert hit.url == "/stories/cells/fire/?t=0"
    assert "".join(map(spelled, hit.pieces)) == "They took [us to the] hidden house…"
    assert in_the_story(article, "house") == ["to the hidden [house]"]


def test_a_cue_is_not_taken_together_with_what_somebody_else_says():
    clip = a_spoken_clip("They took us", "to the hidden cells")
    clip.transcripts.get().cues.filter(position=1).update(speaker="A guard")
    article = published(clip)

    assert in_the_story(article, '"us to"') == []
    assert in_the_story(article, "guard") == ["A [guard]: to the hidden cells"]


def test_where_no_place_has_all_words_those_with_most_of_them_are_shown():
    article = published(a_spoken_clip("a red house", "a red car burns", "nothing"))

    answer = search.search_story(article, "red car mosul")

    assert answer.is_any
    assert in_the_story(article, "red car zebra") == ["a [red] [car] burns", "a [red] house"]


@pytest.mark.parametrize(
    "text",
    ["C++ \"x", "'", '"', "\\", "a*b", "NEAR(a b)", "story:s1", "a AND", "-", "a\x00b", "%s",
     "'; DROP TABLE x", "😀", "ﷺ", "a" * 5000, "a " * 5000, "(", "!a & b | c:*", "<b>", "½ ²"],
)  # fmt: skip
def test_nothing_that_a_reader_types_fails(client, text):
    article = published(a_spoken_clip("A fire"))

    answers = [client.get(address, {"q": text}) for address in ("/search/", find_url(article))]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_nothing_at_all_fails():
    published(a_spoken_clip("A fire"))

    @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.text(max_size=60))
    def ask(text):
        search.search(text, language="en")

    ask()


# The order ---------------------------------------------------------------------------------------


def test_a_story_about_a_thing_comes_before_those_that_mention_it():
    published(a_spoken_clip("the mill"), headline="Other one")
    published(headline="The mill")
    published(headline="Other two", body="<p>They went to the mill that day, and so on.</p>")
    published(headline="Nothing of it")

    assert on_the_site("mill")[0] == "The mill"
    assert sorted(on_the_site("mill")) == ["Other one", "Other two", "The mill"]


def test_places_of_a_story_come_in_its_order_whole_words_before_beginnings():
    clip = a_spoken_clip("fires everywhere", "a fire")
    article = published(clip, body=f"{figure_of(clip)}<p>Fire.</p>")

    assert in_the_story(article, "fire") == ["a [fire]", "[Fire].", "[fires] everywhere"]


def test_a_story_shows_its_best_places_and_counts_them_all():
    published(a_spoken_clip(*["the mill"] * 7))

    [story] = search.search("mill", language="en").stories

    assert (len(story.hits), story.count) == (search.PLACES_A_STORY, 7)


def test_many_answers_come_in_pages():
    article = published(a_spoken_clip(*(f"the mill {n:03}" for n in range(90))))

    answers = [search.search_story(article, "mill", page=page) for page in (1, 2, 3, 9, 0)]

    assert [(a.page, a.pages, a.count, len(a.hits)) for a in answers] == [
        (1, 3, 90, 40),
        (2, 3, 90, 40),
        (3, 3, 90, 10),
        (3, 3, 90, 10),
        (1, 3, 90, 40),
    ]


def test_stories_come_in_pages():
    for number in range(12):
        published(headline=f"The mill {number}")

    shown = [on_the_site("mill", page=page) for page in (1, 2)]

    assert [len(headlines) for headlines in shown] == [10, 2]
    assert len({*shown[0], *shown[1]}) == 12


# What is never found -----------------------------------------------------------------------------


@pytest.mark.parametrize("lost", LOST_UPDATES)
def test_what_is_not_public_any_more_is_not_found_even_if_the_index_was_not_told(lost):
    article = published(a_spoken_clip("Behind the mill"))
    before = on_the_site("mill"), in_the_story(article, "mill")

    LOST_UPDATES[lost]()

    assert before == ([article.headline], ["Behind the [mill]"])
    assert Passage.objects.filter(words__contains="mill").exists()
    assert (on_the_site("mill"), in_the_story(article, "mill")) == ([], [])


def test_a_clip_that_left_takes_its_title_and_caption_along():
    article = published(a_playable_clip(title="Mill one", caption="Mill two"))
    assert len(in_the_story(article, "mill")) == 2

    LOST_UPDATES["clip withdrawn"]()

    assert (on_the_site("mill"), in_the_story(article, "mill")) == ([], [])


def test_a_clip_may_be_found_in_one_story_and_not_in_another():
    clip = a_spoken_clip("Behind the mill")
    published(clip, headline="One")
    other = published(clip, headline="Other")
    Article.objects.filter(pk=other.pk).update(status="draft")

    assert on_the_site("mill") == ["One"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"status": "scheduled", "published_at": later()},
        {"status": "published", "published_at": later()},
        {"status": "published", "published_at": timezone.now(), "embargo_until": later()},
    ],
)
def test_a_story_that_is_not_public_does_not_get_into_the_index(fields):
    article = a_draft(a_spoken_clip("Behind the mill"), **fields)

    indexing.index_story(article, pages.public_story(article))

    assert Passage.objects.count() == 0


def test_a_story_that_is_deleted_leaves_nothing_in_the_index():
    published(headline="The mill").delete()

    assert (Passage.objects.count(), on_the_site("mill")) == (0, [])


# The cost ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [2, 10])
@pytest.mark.parametrize("common", [-1, 50])
def test_a_word_that_is_taken_for_common_is_found_as_any_other(monkeypatch, common, most):
    monkeypatch.setattr(search_postgresql, "COMMON", common)
    monkeypatch.setattr(search, "MOST_FOUND", most)
    published(a_spoken_clip("One fire", "Two fires", "Three fires"), slug="fires")

    assert search.search("fire", language="en").count == min(most, 3)


def cost(action):
    with CaptureQueriesContext(connection) as queries:
        action()
    return len(queries)


def test_an_answer_costs_the_same_for_one_story_and_for_three(client):
    def ask():
        return client.get("/search/", {"q": "mill"})

    def a_story(*cues):
        clip = a_spoken_clip(*cues)
        Warning.objects.create(clip=clip, kind=Warning.Kind.FIRE)
        return published(clip)

    a_story("the mill")
    one = cost(ask)
    a_story("the mill")
    a_story("the mill", "and the mill", "and the mill")

    assert cost(ask) == one <= 6


def test_an_answer_costs_the_same_for_one_cue_and_for_three(client):
    few = published(a_spoken_clip("the mill"))
    many = published(a_spoken_clip("the mill", "a mill", "no mill"), a_spoken_clip("a mill"))

    costs = [cost(lambda one=one: client.get(find_url(one), {"q": "mill"})) for one in (few, many)]

    assert costs[0] == costs[1] <= 7
