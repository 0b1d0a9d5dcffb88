"""The clip to read: stills and words as plain HTML, light enough for a slow line."""

import re

import pytest

from articles import pages, publishing
from media.models import Cue, Package, Transcript, Warning
from tests.articles.clips_to_read import a_clip_to_read, lines, shown
from tests.articles.public import page, public_folder
from tests.articles.test_pages import elements
from tests.factories import a_draft, a_playable_clip, an_article

pytestmark = pytest.mark.django_db

THREE_MINUTES_S = 180


def read_page(article):
    return pages.draw_read(*shown(article))


def stills_of(html):
    return [int(number) for number in re.findall(r"stills/small-(\d+)\.jpg", html)]


def text_of(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html.split("<main", 1)[1]).split())


def test_a_clip_is_read_in_scenes_of_a_still_and_the_words_from_there_on():
    clip = a_clip_to_read(stills=4)
    lines(clip, (0, "Ali", "One."), (5, "Ali", "Two."), (12, "Omar", "Three."), (19, "", "Four."))

    html = read_page(an_article(clip, slug="cells"))

    assert stills_of(html) == [0, 2]
    assert "Ali 0:00 One. 0:05 Two. Link to these words" in text_of(html)
    assert "Omar 0:12 Three. 0:19 Four." in text_of(html)
    links = [
        a["href"]
        for a in elements(html).named("a")
        if a["href"].startswith("/stories/cells/mill/?")
    ]
    assert links == [f"/stories/cells/mill/?t={second}" for second in (0, 5, 12, 19)]


def test_each_scene_links_to_its_words():
    clip = a_clip_to_read()
    lines(clip, (0, "", "One."), (5, "", "Two."), (13, "", "Three."))
    lines(clip, (1, "", "واحد"), language="ar", kind=Transcript.Kind.SUBTITLES)

    html = read_page(an_article(clip, slug="cells"))

    found = [a["href"] for a in elements(html).named("a") if "/q/" in a["href"]]
    watch = "/stories/cells/mill/"
    assert found == [
        f"{watch}q/1-2/?t=0",
        f"{watch}q/1-1/?t=1&lang=ar",
        f"{watch}q/3-3/?t=13",
    ]


def test_the_pages_language_comes_first_with_the_stills_and_what_is_seen_comes_last():
    clip = a_clip_to_read()
    for language, kind in (("ar", "captions"), ("en", "descriptions"), ("en", "subtitles")):
        lines(clip, (0, "", f"{language} {kind}"), language=language, kind=kind)

    html = read_page(an_article(clip))

    assert re.findall(r"(en subtitles|ar captions|en descriptions)", html) == [
        *("en subtitles", "ar captions", "en descriptions"),
    ]
    sections = elements(html).named("section")
    assert [(a["lang"], a["dir"]) for a in sections] == [("en", "ltr"), ("en", "ltr")]
    assert html.index("small-00000") < html.index("ar captions")
    assert len(stills_of(html)) == 1


def rows_of(html):
    """The words of each scene: in the page's language, and in the one beside it."""
    rows = re.split(r'<div class="moment(?: moment--seen)?">', html.split("</main>")[0])[1:]
    parts = [row.split("moment__words--second", 1) for row in rows]
    return [[re.findall(r"\d:\d\d</a> (\S+)", part) for part in row] for row in parts]


def test_two_languages_stand_beside_each_other_at_the_same_time():
    clip = a_clip_to_read()
    lines(clip, (0, "", "One."), (5, "", "Two."), (13, "", "Three."), (26, "", "Four."))
    arabic = (3, "", "واحد"), (12, "", "اثنان"), (27, "", "ثلاثة"), (40, "", "أربعة")
    lines(clip, *arabic, language="ar", checked_by="Ann Example")

    html = read_page(an_article(clip))

    assert rows_of(html) == [
        [["One.", "Two."], ["واحد", "اثنان"]],
        [["Three."], []],
        [["Four."], ["ثلاثة", "أربعة"]],
    ]
    assert "Checked by Ann Example" in text_of(html)


def test_a_line_that_begins_a_little_early_stands_beside_the_one_it_translates():
    clip = a_clip_to_read()
    lines(clip, (0, "", "One."), (13, "", "Two."))
    second = lines(clip, (0, "", "واحد"), (13, "", "اثنان"), language="ar")
    Cue.objects.filter(transcript=second, position=2).update(start_ms=12_700)

    assert rows_of(read_page(an_article(clip))) == [
        [["One."], ["واحد"]],
        [["Two."], ["اثنان"]],
    ]


def test_words_that_come_before_the_first_line_stand_in_the_first_row():
    clip = a_clip_to_read()
    lines(clip, (20, "", "One."))
    lines(clip, (2, "", "واحد"), language="ar")

    assert rows_of(read_page(an_article(clip))) == [[["One."], ["واحد"]]]


def test_a_third_language_stands_below_the_two():
    clip = a_clip_to_read()
    for language in ("en", "ar", "fr"):
        lines(clip, (0, "", language), language=language)

    assert rows_of(read_page(an_article(clip))) == [[["en"], ["ar"]], [["fr"]]]


def test_words_beside_are_folded_where_their_own_time_is_warned_of():
    clip = a_clip_to_read(stills=6)
    pictures = {**clip.current_package.pictures, "veils": [[6000, 8000]]}
    Package.objects.update(pictures=pictures)
    Warning.objects.create(clip=clip, kind="death", start_ms=6000, end_ms=8000)
    lines(clip, (0, "", "One."), (10, "", "Two."))
    lines(clip, (0, "", "واحد"), (6, "", "اثنان"), (10, "", "ثلاثة"), language="ar")

    html = read_page(an_article(clip))

    folded = re.findall(r'<details class="moment__fold".*?</details>', html, re.DOTALL)
    assert [re.findall(r"\d:\d\d</a> (\S+)", part) for part in folded] == [["اثنان"]]


def test_three_minutes_with_two_languages_and_their_stills_stay_below_100_kb():
    """The stills are counted at five kilobytes, as busy footage has them."""
    clip = a_clip_to_read(stills=30)
    spoken = "They came in the morning and asked for the men of the house. "
    said = [(second, "A neighbour", spoken) for second in range(0, THREE_MINUTES_S, 4)]
    lines(clip, *said)
    lines(clip, *said, language="ar")

    html = read_page(an_article(clip))

    assert 12 <= len(stills_of(html)) <= 15
    assert len(html.encode()) + 5000 * len(stills_of(html)) < 100_000


def test_stills_come_only_when_they_are_scrolled_to_and_have_their_size():
    clip = a_clip_to_read()
    lines(clip, (0, "", "One."))

    [still] = elements(read_page(an_article(clip))).named("img")

    assert (still["loading"], still["width"], still["height"]) == ("lazy", "214", "120")
    assert still["alt"] == "Still from the clip at 0:00"


def test_the_page_has_no_script_and_no_film():
    clip = a_clip_to_read()
    lines(clip, (0, "", "One."))

    found = elements(read_page(an_article(clip)))

    assert [found.named(name) for name in ("script", "video", "source", "template")] == [[]] * 4


def test_paper_says_where_the_words_come_from():
    clip = a_clip_to_read(title="The mill", credit="Mosul Eye")
    lines(clip, (0, "", "One."))
    article = an_article(clip, slug="cells")

    text = text_of(read_page(article))

    day = f"{article.published_at:%-d %B %Y}"
    for told in ("The mill", "Mosul's hidden cells", f"Published {day}", "Credit : Mosul Eye"):
        assert told in text.replace("&#x27;", "'").replace("Credit:", "Credit :")
    assert "http://127.0.0.1:8000/stories/cells/mill/read/" in text


def test_a_warned_clip_shows_its_warning_first_and_no_still():
    clip = a_clip_to_read()
    lines(clip, (0, "", "One."))
    Warning.objects.create(clip=clip, kind=Warning.Kind.DEATH, wording="A man is killed.")

    html = read_page(an_article(clip))

    assert (stills_of(html), elements(html).named("img")) == ([], [])
    assert html.index("A man is killed.") < html.index("One.")


def test_of_a_warned_span_no_still_is_shown_and_the_words_are_folded():
    clip = a_clip_to_read(stills=6)
    # What a package was drawn with, so that its other pictures may be shown.
    pictures = {**clip.current_package.pictures, "veils": [[11_500, 20_000]]}
    Package.objects.update(pictures=pictures)
    span = {"start_ms": 11_500, "end_ms": 20_000}
    Warning.objects.create(clip=clip, kind="death", wording="A man is killed.", **span)
    lines(clip, (0, "", "One."), (12, "", "Two."), (18, "", "Three."), (24, "", "Four."))

    html = read_page(an_article(clip))

    assert stills_of(html) == [0, 4]
    folded = html.split('<details class="moment__fold"', 1)[1].split("</details>", 1)[0]
    assert [word for word in ("One", "Two", "Three", "Four") if word in folded] == ["Two", "Three"]
    assert folded.index("A man is killed.") < folded.index("Two")
    assert html.count("Two.") == html.count("Three.") == 1


def test_stills_drawn_before_a_span_was_warned_of_are_not_shown():
    clip = a_clip_to_read()
    Warning.objects.create(clip=clip, kind=Warning.Kind.DEATH, start_ms=1000, end_ms=2000)
    lines(clip, (12, "", "Later."))

    assert stills_of(read_page(an_article(clip))) == []


def test_a_clip_without_words_is_read_in_stills_alone():
    html = read_page(an_article(a_clip_to_read(stills=5)))

    assert stills_of(html) == [0, 2, 4]
    assert "This clip has no transcript" in html


def test_a_clip_with_neither_words_nor_stills_leads_to_the_film():
    html = read_page(an_article(a_playable_clip(slug="mill"), slug="cells"))

    assert "no still that could be shown" in html
    assert '<a href="/stories/cells/mill/">' in html


def test_the_page_is_a_public_file_and_goes_with_its_story(client):
    clip = a_clip_to_read()
    lines(clip, (0, "", "One."))
    article = publishing.publish(a_draft(clip, slug="cells"), by=None)
    address, name = "/stories/cells/mill/read/", "stories/cells/mill/read/index.html"

    placed, answer = page(name), client.get(address)
    publishing.withdraw(article, by=None, reason="A source is in danger.")

    assert (answer.status_code, answer.content.decode()) == (200, placed)
    assert (client.get(address).status_code, (public_folder() / name).exists()) == (410, False)


@pytest.mark.parametrize(
    "draw", [pages.draw_story, lambda story: pages.draw_watch(story, story.clips[0])]
)
def test_story_and_watch_page_lead_to_it(draw):
    story = pages.public_story(an_article(a_clip_to_read(), slug="cells"))

    links = [a.get("href") for a in elements(draw(story)).named("a")]

    assert links.count("/stories/cells/mill/read/") == 1
