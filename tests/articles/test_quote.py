"""Quotations: lines of a transcript under an address that outlives a correction."""

import re
from urllib.parse import quote as escaped

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import publishing, quoting
from articles.models import Article
from media.models import Transcript, Warning
from tests.articles.clips_to_read import a_clip_to_read, lines, shown
from tests.articles.test_pages import elements
from tests.factories import a_draft, an_article

pytestmark = pytest.mark.django_db

WATCH = "/stories/cells/mill/"
SAID = (
    (0, "Ali", "They came at night."),
    (4, "Ali", "We hid in the mill."),
    (9, "Omar", "Nobody slept."),
    (14, "", "[A door]"),
)


@pytest.fixture
def clip():
    clip = a_clip_to_read(title="The mill")
    lines(clip, *SAID)
    lines(clip, (1, "علي", "جاؤوا ليلًا."), language="ar")
    return clip


@pytest.fixture
def article(clip):
    return an_article(clip, slug="cells")


def meta_of(html):
    found = elements(html).named("meta")
    return {a.get("property") or a.get("name"): a.get("content") for a in found}


def test_a_run_of_lines_has_a_page_with_its_words_speaker_and_place(client, article):
    html = client.get(f"{WATCH}q/1-2/").content.decode()

    assert "<title>“They came at night. We hid in the mill.” – Ali · Newsroom</title>" in html
    assert "<p>“They came at night. We hid in the mill.”</p>" in html
    assert "<bdi>Ali</bdi>" in html
    told = meta_of(html)
    base = "http://127.0.0.1:8000"
    assert told["og:image"] == f"{base}{WATCH}q/1-2/card.jpg?t=0"
    assert told["og:url"] == f"{base}{WATCH}q/1-2/?t=0"
    assert told["description"].startswith("The mill, 0:00–0:06. ")


def test_it_opens_the_clip_at_the_second_of_the_first_line_with_the_still_of_it(client, article):
    html = client.get(f"{WATCH}q/3-4/").content.decode()

    [video], [source] = elements(html).named("video"), elements(html).named("source")
    assert source["src"].endswith("clip.mp4#t=9.0")
    assert video["poster"].endswith("/stills/00002.jpg")


def test_lines_of_several_speakers_are_told_apart(client, article):
    html = client.get(f"{WATCH}q/2-3/").content.decode()

    quotation = html.split('<blockquote class="quotation"', 1)[1].split("</blockquote>")[0]
    assert re.findall(r"<bdi>(\w+)</bdi>", quotation) == ["Ali", "Omar"]


def test_another_language_is_quoted_by_its_name(client, article):
    html = client.get(f"{WATCH}q/1-1/?lang=ar").content.decode()

    assert '<blockquote class="quotation" lang="ar" dir="rtl">' in html
    assert "«جاؤوا ليلًا.»" in html
    assert meta_of(html)["og:url"] == f"http://127.0.0.1:8000{WATCH}q/1-1/?t=1&lang=ar"


def test_without_a_language_the_pages_own_is_quoted(client, clip):
    an_article(clip, slug="cells", language="ar")

    html = client.get(f"{WATCH}q/1-1/").content.decode()

    assert "«جاؤوا ليلًا.»" in html


@pytest.mark.parametrize(
    "address",
    [
        *("q/0-1/", "q/2-1/", "q/5-5/", "q/1-5/", "q/1-13/", "q/99999999999-99999999999/"),
        *("q/1-1/?lang=fr", "q/1-1/?lang=<b>", "q/9-9/?t=400"),
    ],
)
def test_lines_that_are_not_there_lead_to_the_whole_clip(client, article, address):
    response = client.get(f"{WATCH}{address}")

    html = response.content.decode()
    assert response.status_code == 404
    assert "A quotation has at most 12 lines." in html
    assert f'href="{WATCH}read/"' in html
    path, mark, query = address.partition("?")
    assert client.get(f"{WATCH}{path}card.jpg{mark}{query}").status_code == 404


@pytest.mark.parametrize("address", ["q/1/", "q/a-b/", "q/1-/", "q/-1-2/", f"q/{'9' * 5000}-1/"])
def test_an_address_that_names_no_lines_is_not_found(client, article, address):
    assert client.get(f"{WATCH}{address}").status_code == 404


def corrected(clip, *said):
    """A new version of the English transcript, as importing it makes one."""
    clip.transcripts.filter(language="en").update(superseded=True)
    return lines(clip, *said)


def test_an_address_finds_its_lines_when_a_correction_has_counted_them_anew(client, clip, article):
    corrected(clip, (0, "", "[Steps]"), *((second + 1, *rest) for second, *rest in SAID))

    response = client.get(f"{WATCH}q/2-3/?t=4")

    assert (response.status_code, response["Location"]) == (302, f"{WATCH}q/3-4/?t=5")
    assert "We hid in the mill." in client.get(response["Location"]).content.decode()


def test_a_corrected_word_replaces_what_was_quoted(client, clip, article):
    corrected(clip, SAID[0], (4, "Ali", "We hid in the well."), *SAID[2:])

    html = client.get(f"{WATCH}q/2-2/?t=4").content.decode()

    assert ("in the well" in html, "in the mill" in html) == (True, False)


def test_a_line_that_a_correction_took_out_is_not_replaced_by_another(client, clip, article):
    corrected(clip, SAID[0])

    assert client.get(f"{WATCH}q/3-3/?t=9").status_code == 404


def test_an_unapproved_transcript_cannot_be_quoted(client, clip, article):
    Transcript.objects.update(state=Transcript.State.DRAFT)

    assert client.get(f"{WATCH}q/1-1/").status_code == 404


def test_what_is_seen_was_said_by_nobody(clip):
    lines(clip, (0, "", "A mill."), language="de", kind=Transcript.Kind.DESCRIPTIONS)

    _, view = shown(an_article(clip))

    assert [t.language for t in quoting.quotable(view, "en")] == ["en", "ar"]


def test_a_warned_clip_is_quoted_behind_its_gate_without_a_picture(client, clip, article):
    Warning.objects.create(clip=clip, kind=Warning.Kind.DEATH, wording="A man is killed.")

    html = client.get(f"{WATCH}q/1-1/").content.decode()

    [video] = elements(html).named("video")
    assert ("poster" in video, "/stills/" in html) == (False, False)
    assert "A man is killed." in html.split("<video", 1)[0]


def test_the_words_of_a_warned_span_are_folded_and_told_nowhere_else(client, clip, article):
    span = {"start_ms": 3000, "end_ms": 6000}
    Warning.objects.create(clip=clip, kind="death", wording="A man is killed.", **span)

    html = client.get(f"{WATCH}q/2-2/").content.decode()

    folded = html.split('<details class="moment__fold"', 1)[1].split("</details>", 1)[0]
    assert (html.count("We hid"), folded.count("We hid")) == (1, 1)
    assert "<title>The mill, 0:04–0:06 · Newsroom</title>" in html


@pytest.mark.parametrize("name", ["", "card.jpg"])
def test_nothing_is_quoted_of_a_draft_and_a_withdrawn_story_is_gone(client, clip, name):
    draft = a_draft(clip, slug="cells")
    address = f"{WATCH}q/1-1/{name}"
    before = client.get(address).status_code
    publishing.publish(draft, by=None)
    public = client.get(address).status_code
    publishing.withdraw(Article.objects.get(), by=None, reason="A source is in danger.")

    gone = client.get(address)

    assert (before, public, gone.status_code) == (404, 200, 410)
    assert b"night" not in gone.content


@pytest.mark.parametrize("name", ["", "card.jpg"])
def test_any_cache_may_keep_an_answer_and_ask_again(client, article, name):
    first = client.get(f"{WATCH}q/1-1/{name}")
    again = client.get(f"{WATCH}q/1-1/{name}", headers={"if-none-match": first["ETag"]})

    assert re.fullmatch(r'"[0-9a-f]{24}"', first["ETag"])
    assert first["Cache-Control"] == "public, no-cache"
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert dict(client.cookies) == {}


@pytest.mark.parametrize("name", ["", "card.jpg"])
def test_a_quotation_costs_the_same_for_few_lines_and_for_many(client, name):
    costs = []
    for number, count in enumerate((2, 200)):
        clip = a_clip_to_read(slug=f"mill-{number}")
        lines(clip, *((second, "Ali", "A word.") for second in range(0, count * 2, 2)))
        an_article(clip, slug=f"cells-{number}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/stories/cells-{number}/mill-{number}/q/1-2/{name}")
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 14


def test_words_in_an_address_are_never_part_of_the_page(client, article):
    html = client.get(f"{WATCH}q/1-1/?t={escaped('<script>alert(1)</script>')}").content.decode()

    assert "alert(1)" not in html
