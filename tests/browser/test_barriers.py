"""Barriers that can be measured: every public page, on phones and desks, light and dark, gates
closed and open, in English and Arabic."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from django.urls import resolve

from articles import lists, previewing, publishing, urls
from articles.models import Author, Byline, Correction, Topic
from media.models import Package, Transcript
from tests.articles.clips_to_read import a_clip_to_read, lines
from tests.browser.barriers import ON_DESKS, ON_PHONES, look
from tests.browser.stories import SAID, the_fire, the_mill
from tests.factories import a_draft

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

ARABIC = ((0, "علي", "جاؤوا ليلًا."), (4, "عمر", "اختبأنا في Mosul."), (18, "علي", "أطلقوا النار."))
# Answers that are no pages: others read them.
NO_PAGES = {
    *("story_json", "story_ninjs", "quote_card", "oembed", "robots", "preview_file"),
    *("feed_atom", "feed_rss", "feed_videos", "sitemap", "sitemap_part"),
}


@pytest.fixture
def addresses(site, stores_of_its_own, monkeypatch):
    """The pages of a site that shows whatever a page can show."""
    monkeypatch.setattr(lists, "PAGE_STORIES", 1)
    monkeypatch.setattr(lists, "PAGE_CORRECTIONS", 1)
    clips = a_clip_with_all_there_is(), a_warned_clip(), an_upright_clip()
    for number in range(2):
        a_story(clips[2], slug=f"other-{number}")
    english = a_story(*clips, slug="cells")
    a_story(*clips, slug="cells-ar", language="ar", translation_of=english)
    publishing.withdraw(a_story(clips[2], slug="gone"), by=None, reason="A mistake.")
    link = previewing.make_link(
        a_draft(*clips, slug="draft"), recipient="Omar Ali", days=1, by=None
    )
    preview = f"/preview/{previewing.key_of(link)}/"
    failed = stores_of_its_own / "public" / "failed" / "index.html"
    failed.parent.mkdir()
    failed.write_text(render_to_string("500.html"))
    return [
        *("/", "/archive/", "/archive/page/1/", "/corrections/", "/corrections/page/1/"),
        *("/topics/mills/", "/topics/mills/page/1/", "/authors/mary/", "/authors/mary/page/1/"),
        *(f"/embed/{clip.public_id}/" for clip in clips),
        *(address for slug in ("cells", "cells-ar") for address in of_story(slug)),
        *("/search/", "/search/?q=mill", "/search/?q=zebra", "/search/?q=الموصل&lang=ar"),
        *("/search/?q=zebra&lang=ar", "/search/?q=they", "/search/?q=%3F"),
        *(preview, f"{preview}?open"),
        *("/stories/gone/", "/nowhere/", "/failed/"),
    ]


def of_story(slug):
    story = f"/stories/{slug}/"
    return [
        *(story, f"{story}mill/", f"{story}mill/?t=18", f"{story}fire/", f"{story}yard/"),
        *(f"{story}mill/read/", f"{story}fire/read/", f"{story}yard/read/"),
        *(f"{story}mill/q/1-2/", f"{story}mill/q/5-5/", f"{story}fire/q/1-3/?lang=ar"),
        *(f"{story}mill/q/90-91/", f"{story}find/", f"{story}find/?q=mill"),
        *(f"{story}find/?q=they", f"{story}find/?q=zebra"),
    ]


def a_story(*clips, **fields):
    article = a_draft(*clips, section="Millworks", **fields)
    Correction.objects.create(article=article, text="The mill stands in the east.")
    topic, _created = Topic.objects.get_or_create(name="Mills", slug="mills")
    article.topics.add(topic)
    for name, slug in (("Mary Miller", "mary"), ("علي حسن", "ali")):
        author, _created = Author.objects.get_or_create(name=name, slug=slug)
        Byline.objects.create(article=article, author=author, position=article.bylines.count())
    return publishing.publish(article, by=None)


def a_clip_with_all_there_is():
    clip = the_mill(caption="A mill at night.", credit="Mary Miller")
    lines(clip, *SAID, checked_by="Omar Ali")
    lines(clip, *ARABIC, language="ar", origin=Transcript.Origin.MACHINE)
    lines(clip, *SAID, kind=Transcript.Kind.DESCRIPTIONS)
    lines(clip, (0, "", "The night"), (9, "", "The morning"), kind=Transcript.Kind.CHAPTERS)
    return clip


def a_warned_clip():
    clip = the_fire()
    lines(clip, *SAID)
    lines(clip, *ARABIC, language="ar")
    return clip


def an_upright_clip():
    """As phones film, silent and without words."""
    clip = a_clip_to_read(slug="yard", title="A yard")
    shape = {"width": 720, "height": 1280, "has_audio": False}
    Package.objects.filter(clip=clip).update(**shape)
    return clip


def test_every_page_of_the_product_is_walked(addresses):
    walked = {resolve(address.partition("?")[0]).url_name for address in addresses[:-2]}

    assert {pattern.name for pattern in urls.urlpatterns} - walked == NO_PAGES


def test_no_page_has_a_barrier_that_can_be_measured(browser, site, addresses):
    # The checker is a script that is not ours: only it may pass the policy.
    options = {"bypass_csp": True, "reduced_motion": "reduce"}
    context = browser.new_context(base_url=site, **options)
    page = context.new_page()
    found, answers = {}, set()
    for address in addresses:
        answers.add(page.goto(address).status)
        page.evaluate(Axe().axe_script)
        look(page, address, found, ON_PHONES)
        if page.locator("details, video").count():
            open_everything(page)
            # Opened, the other language has the same parts in the same colours: only the room that
            # they take is another.
            look(page, f"{address} opened", found, {} if "cells-ar" in address else ON_DESKS)
    context.close()

    assert found == {}
    assert answers == {200, 404, 410}


def open_everything(page):
    """Gates, folds and tools, the question before a span, finders, and the offer to quote."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    if not page.locator("template[data-tools]").count():
        return
    for video in page.locator("video").all():
        video.focus()
        video.locator("xpath=ancestor::figure").locator("[data-share]").wait_for(state="attached")
    if "?t=" in page.url:
        page.locator(".veil").wait_for()
    for words in page.locator("[data-transcript]").all():
        words.focus()
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    if page.locator("[data-cue]").count():
        page.evaluate("getSelection().selectAllChildren(document.querySelector('[data-cue] span'))")
        page.locator(".quoting").wait_for()
