"""Pages as readers get them: the marks of the contract, nothing inline, nothing of others."""

from html.parser import HTMLParser

import pytest
from django.utils import timezone

from articles import pages
from articles.models import Correction, Topic
from media.models import Package, Transcript, Warning
from tests.factories import a_clip, a_package, a_playable_clip, a_transcript, an_article

pytestmark = pytest.mark.django_db

BASE = "http://127.0.0.1:8000"
FETCHING = ("script", "link", "img", "video", "audio", "source", "track", "iframe", "embed")
NOT_FETCHED = ("canonical", "alternate")
# Data in a script element is not run.
DATA = "application/ld+json"


class Elements(HTMLParser):
    """All elements of a page, as (name, attributes), and what scripts, styles and data hold."""

    def __init__(self, html):
        super().__init__()
        self.found, self.code, self.data, self._inside = [], [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self._inside = DATA if ("type", DATA) in attrs else tag

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside in ("script", "style") and data.strip():
            self.code.append(data)
        if self._inside == DATA:
            self.data.append(data)

    def having(self, attribute):
        return [(tag, attrs[attribute]) for tag, attrs in self.found if attribute in attrs]

    def named(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


def elements(html):
    return Elements(html)


def a_told_story(**fields):
    """A story with a warned clip and a plain one, words in two languages, and a correction."""
    warned = a_playable_clip(slug="fire", title="A fire")
    Warning.objects.create(clip=warned, kind=Warning.Kind.FIRE, wording="A house burns.")
    plain = a_playable_clip(slug="street", title="A street")
    for clip in (warned, plain):
        a_transcript(clip, "One", "Two")
        a_transcript(clip, "واحد", "اثنان", language="ar", kind=Transcript.Kind.SUBTITLES)
    article = an_article(warned, plain, **{"slug": "cells", **fields})
    Correction.objects.create(article=article, text="The date was wrong.")
    article.topics.add(Topic.objects.create(name="Mosul", slug="mosul"))
    return article


def every_page(article):
    story = pages.public_story(article)
    return [
        pages.draw_story(story),
        *(pages.draw_watch(story, clip) for clip in story.clips),
        pages.draw_home([article]),
    ]


def story_page(article):
    return elements(pages.draw_story(pages.public_story(article)))


def test_the_story_and_its_clips_bear_their_marks():
    article = a_told_story()
    first, second = article.clips.order_by("embeds__position")

    found = story_page(article)

    assert found.having("data-story") == [("article", "cells")]
    assert found.having("data-clip") == [("figure", first.public_id), ("figure", second.public_id)]
    assert found.having("data-correction") == [("p", None)]
    assert len(found.named("video")) == 2


def test_each_transcript_is_a_section_in_its_language():
    found = story_page(a_told_story())

    sections = [attrs for tag, attrs in found.found if "data-transcript" in attrs]
    assert [(attrs["lang"], attrs["dir"]) for attrs in sections] == [
        ("en", "ltr"),
        ("ar", "rtl"),
    ] * 2


def test_each_cue_says_its_milliseconds_and_links_to_its_second():
    found = elements(pages.draw_watch(story := pages.public_story(a_told_story()), story.clips[0]))

    cues = [
        (attrs["data-start-ms"], attrs["data-end-ms"], found.found[index + 1])
        for index, (_tag, attrs) in enumerate(found.found)
        if "data-cue" in attrs
    ]
    spans = [
        ("0", "1500", "/stories/cells/fire/?t=0"),
        ("2000", "3500", "/stories/cells/fire/?t=2"),
    ]
    assert cues == [(start, end, ("a", {"href": url})) for start, end, url in spans * 2]


def test_milliseconds_are_plain_digits_whatever_the_language():
    clip = a_playable_clip()
    a_transcript(clip, *["كلمة"] * 900, language="ar")

    found = story_page(an_article(clip, language="ar"))

    last = found.having("data-end-ms")[-1]
    assert last == ("li", "1799500")


def test_only_a_warned_clip_has_a_gate_and_its_picture_waits_behind_it():
    found = story_page(a_told_story())

    warned, plain = found.named("video")
    assert found.having("data-warning") == [("details", None)]
    assert ("poster" in warned, "poster" in plain) == (False, True)
    assert [attrs.get("preload") for attrs in (warned, plain)] == ["none", "none"]


def test_a_warned_span_is_told_in_the_gate_and_its_words_are_folded():
    clip = a_playable_clip(slug="fire", title="A fire")
    a_transcript(clip, "before", "within", "after")
    Warning.objects.create(
        clip=clip, kind=Warning.Kind.DEATH, wording="He falls.", start_ms=2000, end_ms=3000
    )

    html = pages.draw_story(pages.public_story(an_article(clip)))

    found = elements(html)
    assert found.having("data-warning") == [("details", None)] * 2
    [span] = [attrs for _, attrs in found.found if "data-veil" in attrs]
    assert (span["data-start-ms"], span["data-end-ms"]) == ("2000", "3000")
    fold = html.partition('class="fold"')[2].partition("</details>")[0]
    words = ("He falls.", "0:02–0:03", "within", "before", "after")
    assert [word in fold for word in words] == [True, True, True, False, False]


def test_a_transcript_says_who_made_it_and_who_checked_it():
    clip = a_playable_clip()
    a_transcript(clip, origin=Transcript.Origin.MACHINE, checked_by="The desk for Iraq")

    html = pages.draw_story(pages.public_story(an_article(clip)))

    said = html.partition('class="transcript__origin"')[2].partition("</p>")[0]
    assert ("Made by a machine" in said, "The desk for Iraq" in said) == (True, True)


def test_chapters_are_links_to_their_seconds():
    clip = a_playable_clip(slug="fire")
    a_transcript(clip, "The start", "The end", kind=Transcript.Kind.CHAPTERS)

    found = story_page(an_article(clip, slug="cells"))

    assert found.having("data-chapters") == [("nav", clip.public_id)]
    assert len(found.having("data-chapter")) == 2
    links = [attrs["href"] for attrs in found.named("a") if "?t=" in attrs["href"]]
    assert links == ["/stories/cells/fire/?t=0", "/stories/cells/fire/?t=2"]


def test_a_warned_clip_has_no_picture_on_any_page_not_even_for_those_who_share_it():
    article = a_told_story()
    package = article.clips.get(slug="fire").current_package
    poster = f"/media/{package.public_id}/poster.jpg"

    told = [
        (tag, name)
        for html in every_page(article)
        for tag, attrs in elements(html).found
        for name, value in attrs.items()
        if value and poster in value
    ]

    assert set(told) == {("video", "data-poster")}


def test_a_warned_clip_that_starts_at_a_second_still_fetches_nothing():
    story = pages.public_story(a_told_story())
    warned, plain = story.clips

    preloads = [
        elements(pages.draw_watch(story, clip.starting_at(2.0))).named("video")[0]["preload"]
        for clip in (warned, plain)
    ]

    assert preloads == ["none", "metadata"]


def test_the_first_source_is_the_mp4_and_carries_the_second_where_it_starts():
    story = pages.public_story(a_told_story())
    clip = story.clips[1]

    html = elements(pages.draw_watch(story, clip.starting_at(12.5)))

    assert [source["src"] for source in html.named("source")] == [f"{clip.mp4_url}#t=12.5"]


def a_story_with_a_clip_in(state, **fields):
    clip = a_clip(cleared_at=timezone.now(), slug="fire", title="A fire")
    a_package(clip, state=state, **fields)
    return an_article(clip)


def test_a_growing_clip_names_its_stream_and_no_file_that_is_not_there():
    article = a_story_with_a_clip_in(Package.State.GROWING, mp4_byte_size=0)
    hls = pages.public_story(article).clips[0].hls_url

    html = every_page(article)[1]

    found = elements(html)
    [video] = found.named("video")
    assert found.named("source") == [{"src": hls, "type": "application/vnd.apple.mpegurl"}]
    assert (video["data-hls"], video["data-growing"], "poster" in video) == (hls, "growing", False)
    assert ("clip.mp4" in html, "Plays at" in html) == (False, False)


def test_a_warned_clip_that_grows_says_its_length_without_a_size():
    article = a_story_with_a_clip_in(Package.State.GROWING, mp4_byte_size=0)
    Warning.objects.create(clip=article.clips.get(), kind=Warning.Kind.FIRE)

    html = every_page(article)[1]

    assert ("Length 0:10" in html, "size" in html.split("gate__facts")[1][:80]) == (True, False)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Reload the page later"), ("ar", "أعد تحميل الصفحة")]
)
def test_a_growing_clip_tells_a_reader_without_scripts_to_come_again(language, words):
    article = a_story_with_a_clip_in(Package.State.GROWING, mp4_byte_size=0)
    article.language = language

    assert words in every_page(article)[1]


@pytest.mark.parametrize(
    ("state", "growing"), [(Package.State.FIRST, ["first"]), (Package.State.WHOLE, [])]
)
def test_a_clip_with_a_file_has_no_line_that_it_is_being_prepared(state, growing):
    found = elements(every_page(a_story_with_a_clip_in(state))[1])

    assert [value for _, value in found.having("data-growing")] == growing
    assert found.having("data-preparing") == []
    assert [source["type"] for source in found.named("source")] == ["video/mp4"]


@pytest.mark.parametrize("field", ["headline", "standfirst", "section"])
def test_what_an_editor_writes_is_text_and_never_markup(field):
    article = a_told_story(**{field: "<script>alert(1)</script>"})

    for html in every_page(article):
        assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in every_page(article)[0]


def test_what_is_said_of_a_clip_is_text_and_never_markup():
    bad = '"><script>alert(1)</script>'
    clip = a_playable_clip(title=bad, caption=bad, alt=bad, credit=bad)
    Warning.objects.create(clip=clip, kind=Warning.Kind.FIRE, wording=bad)
    transcript = a_transcript(clip, bad)
    transcript.cues.update(speaker=bad)
    article = an_article(clip)
    Correction.objects.create(article=article, text=bad)

    found = [name for html in every_page(article) for name in elements(html).code]

    assert found == []


@pytest.mark.parametrize("body", ['<p onclick="x()">Text</p><script>x()</script>', "<p>&lt;b</p>"])
def test_a_body_is_cleaned_once_more_when_it_is_drawn(body):
    html = every_page(an_article(body=body))[0]

    assert ("onclick" in html, "x()" in html, "<b<" in html) == (False, False, False)


def test_an_arabic_story_reads_from_the_right_and_speaks_arabic():
    article = a_told_story(language="ar", headline="خلايا الموصل")

    story, watch, *_ = every_page(article)

    for html in (story, watch):
        [root] = elements(html).named("html")
        assert (root["lang"], root["dir"]) == ("ar", "rtl")
        assert "Skip to the content" not in html
    assert "تصحيحات" in story or "التصحيحات" in story


def test_no_page_holds_a_script_a_style_or_a_handler_of_its_own():
    for html in every_page(a_told_story()):
        found = elements(html)

        handlers = [name for _, attrs in found.found for name in attrs if name.startswith("on")]
        assert (found.code, found.named("style"), found.having("style"), handlers) == (
            [],
            [],
            [],
            [],
        )


def test_no_page_fetches_anything_from_elsewhere():
    fetched = [
        value
        for html in every_page(a_told_story())
        for tag, attrs in elements(html).found
        if tag in FETCHING and attrs.get("rel") not in NOT_FETCHED
        for name, value in attrs.items()
        if name in ("src", "href", "poster", "data-hls", "data-poster", "data-hls-module")
    ]

    assert len(fetched) > 20
    elsewhere = [a for a in fetched if not a.startswith(("/static/", "/media/", "data:image/svg"))]
    assert elsewhere == []


def test_translations_are_named_to_search_engines_and_readers():
    english = an_article(slug="cells")
    an_article(slug="cells-ar", language="ar", translation_of=english, headline="خلايا")

    found = story_page(english)

    english_url, arabic_url = (f"{BASE}/stories/{slug}/" for slug in ("cells", "cells-ar"))
    assert alternates(found) == [
        ("en", english_url),
        ("ar", arabic_url),
        ("x-default", english_url),
    ]
    assert [a["href"] for a in found.named("a") if a.get("hreflang") == "ar"] == [
        "/stories/cells-ar/"
    ]


def alternates(found):
    return [(a["hreflang"], a["href"]) for a in found.named("link") if "hreflang" in a]


def test_a_clip_is_named_in_the_languages_whose_story_shows_it():
    shown, only_here = a_playable_clip(slug="fire"), a_playable_clip(slug="street")
    english = an_article(shown, only_here, slug="cells")
    arabic = an_article(shown, slug="cells-ar", language="ar", translation_of=english)

    story, translated = pages.public_story(english), pages.public_story(arabic)

    urls = [f"{BASE}/stories/{slug}/fire/" for slug in ("cells", "cells-ar")]
    both = [("en", urls[0]), ("ar", urls[1]), ("x-default", urls[0])]
    told = [alternates(elements(pages.draw_watch(story, clip))) for clip in story.clips]
    assert told == [both, []]
    arabic_page = elements(pages.draw_watch(translated, translated.clips[0]))
    assert sorted(alternates(arabic_page)) == sorted(both)


def test_a_page_says_where_it_belongs():
    story, *watches, home = every_page(a_told_story())

    canonical = [
        attrs["href"]
        for html in (story, *watches, home)
        for attrs in elements(html).named("link")
        if attrs.get("rel") == "canonical"
    ]
    assert canonical == [
        f"{BASE}/stories/cells/",
        f"{BASE}/stories/cells/fire/",
        f"{BASE}/stories/cells/street/",
        f"{BASE}/",
    ]


def test_an_empty_front_page_says_so():
    assert "Nothing is published yet." in pages.draw_home([])


def test_a_description_is_one_short_line():
    article = an_article(standfirst="", body=f"<p>{'word ' * 100}</p>", published_at=timezone.now())

    [description] = [
        attrs["content"]
        for attrs in story_page(article).named("meta")
        if attrs.get("name") == "description"
    ]

    assert len(description) == pages.DESCRIPTION_LONGEST
    assert description.endswith("…")
