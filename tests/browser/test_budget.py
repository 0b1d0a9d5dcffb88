"""What a story page with three clips costs before anything is played, and where it draws."""

import gzip
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from PIL import Image

from media.models import Transcript, Warning
from tests.browser.stories import show
from tests.factories import a_clip, a_package, a_transcript, an_article

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

STORY = "/stories/cells/"
FOUNDING = ("/stories/mosul-hidden-cells/", "/stories/mosul-hidden-cells-ar/")
KB = 1024
PICTURES = (".jpg", ".webp", ".avif")
MOST = {"html": 25 * KB, "css": 8 * KB, "js": 6 * KB}
MOST_OF_ALL = 40 * KB
# As long as the transcripts of news clips are, and no two lines alike.
WORDS = [
    f"Line {number} of what is said in the street, {number * 7919 % 997}." for number in range(40)
]
# The spans that are covered, too: only then may the pictures of a clip be shown that has some.
FORMS = {"posters": [320], "veils": [[2000, 4000]]}
SHIFTS = """() => new Promise((answer) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) sum += value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => answer(sum), 300);
})"""


@pytest.fixture
def story(site, two_rungs, stores_of_its_own):
    """Three clips, two of them warned of, with words in two languages."""
    clips = []
    for number in range(3):
        clip = a_clip(
            title=f"Clip {number}", caption="A street at night", cleared_at=timezone.now()
        )
        a_package(clip, pictures=FORMS)
        a_transcript(clip, *WORDS)
        a_transcript(clip, *["كلمات تقال في الشارع"] * 40, language="ar")
        a_transcript(clip, "One", "Two", kind=Transcript.Kind.CHAPTERS)
        clips.append(clip)
    Warning.objects.create(clip=clips[0], kind="fire")
    Warning.objects.create(clip=clips[1], kind="death", start_ms=2000, end_ms=4000)
    body = "<p>The pictures are hurried, and the sound is of the street.</p>" * 20
    figures = "".join(f'<figure data-clip="{clip.public_id}"></figure>' for clip in clips)
    article = an_article(*clips, slug="cells", body=body + figures)
    public = stores_of_its_own / "public"
    show(article, two_rungs, public)
    for clip in clips:
        place_light_poster(public / "media" / clip.current_package.public_id / "posters")


def place_light_poster(folder):
    folder.mkdir()
    Image.new("RGB", (320, 180), "navy").save(folder / "320.webp")


def visit(browser, site, address=STORY, **options):
    """A reader's context after the story has come and settled, its page and what it fetched."""
    context = browser.new_context(base_url=site, **options)
    page = context.new_page()
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(300)
    return context, page, answers


def names(answers):
    """What was fetched but pictures: those are counted apart, by their sizes."""
    paths = [urlsplit(answer.url).path for answer in answers]
    return [path for path in paths if not path.endswith(PICTURES)]


def kind(path):
    return path.rpartition(".")[2] if "." in path else "html"


def too_much(answers):
    """The kinds of files that are larger than they may be, packed, in bytes."""
    sizes = dict.fromkeys(MOST, 0)
    for answer in answers:
        if not answer.url.endswith(PICTURES):
            sizes[kind(urlsplit(answer.url).path)] += len(gzip.compress(answer.body(), 9))
    sizes["all"] = sum(sizes.values())
    return {name: size for name, size in sizes.items() if size > MOST.get(name, MOST_OF_ALL)}


def test_a_story_with_three_clips_comes_in_four_answers_of_few_bytes(browser, site, story):
    context, _, answers = visit(browser, site)

    assert sorted(kind(path) for path in names(answers)) == ["css", "html", "js", "js"]
    assert too_much(answers) == {}
    assert {urlsplit(answer.url).netloc for answer in answers} == {urlsplit(site).netloc}
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("address", FOUNDING)
def test_the_founding_story_keeps_to_the_same_in_both_languages(browser, demo, address, width):
    screen = {"width": width, "height": 844}
    context, page, answers = visit(browser, demo, address, viewport=screen)

    assert page.locator("figure[data-clip]").count() == 3
    assert sorted(kind(path) for path in names(answers)) == ["css", "html", "js", "js"]
    assert too_much(answers) == {}
    assert {urlsplit(answer.url).netloc for answer in answers} == {urlsplit(demo).netloc}
    assert (context.cookies(), page.evaluate(SHIFTS)) == ([], 0)
    context.close()


def test_the_one_clip_that_needs_no_warning_shows_a_light_picture(browser, site, story):
    context, _, answers = visit(browser, site)

    pictures = [answer for answer in answers if answer.url.endswith(PICTURES)]
    assert [answer.url.rpartition("/posters/")[2] for answer in pictures] == ["320.webp"]
    assert [(answer.status, answer.header_value("content-type")) for answer in pictures] == [
        (200, "image/webp")
    ]
    context.close()


def test_without_scripts_only_captions_come_beside_the_page(browser, site, story):
    context, _, answers = visit(browser, site, java_script_enabled=False)

    kinds = [kind(path) for path in names(answers)]
    assert sorted(kinds) == ["css", "html", "vtt", "vtt", "vtt"]
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_on_the_page_moves_by_itself(browser, site, story, width):
    context, page, _ = visit(browser, site, viewport={"width": width, "height": 844})

    page.mouse.move(width / 2, 400)
    for clip in page.locator(".stage, .scene__words").all():
        if clip.is_visible():
            clip.scroll_into_view_if_needed()
            clip.hover()

    assert page.evaluate(SHIFTS) == 0
    context.close()


def test_a_gate_that_was_opened_before_moves_nothing_on_the_next_page(browser, site, story):
    context, page, _ = visit(browser, site)
    page.locator("figure [data-warning] > summary").first.click()

    page.reload(wait_until="networkidle")

    assert page.locator("figure [data-warning][open]").count() == 1
    assert page.evaluate(SHIFTS) == 0
    context.close()
