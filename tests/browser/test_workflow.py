"""From a fresh login to published, in one walk with the mouse and in another by keyboard alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from articles import previewing, publishing
from articles.models import Act, Article
from media.models import Clip, Job, Redaction
from tests.browser.barriers import look
from tests.browser.conftest import tab_to, until
from tests.browser.editors import body_of, sign_in, sign_in_again
from tests.factories import a_draft, a_footage, a_person, a_ready_clip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def clips(page):
    """Two clips of which all is decided, and somebody who may write and publish."""
    a_person("eli", "editors")
    return [a_ready_clip(title="The gate"), a_ready_clip(title="The yard")]


def test_a_story_with_two_clips_is_written_submitted_approved_cleared_and_published(
    page, clips, complaints
):
    sign_in_again(page)
    page.goto(reverse("admin:articles_article_add"))
    page.get_by_label("Headline").press_sequentially("Hidden cells")
    body_of(page).click()
    page.keyboard.type("They came at night.")
    for clip in clips:
        page.get_by_role("button", name="Clip…").click()
        page.get_by_role("button", name=clip.title).click()
        page.locator(f'[data-clip-card="{clip.public_id}"]').wait_for()
    page.get_by_role("button", name="Save and publish…").first.click()

    page.get_by_role("button", name="Submit for review").click()
    page.get_by_text("in review", exact=True).wait_for()
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("Approved.", exact=True).wait_for()
    publish = page.get_by_role("button", name="Publish", exact=True)
    was_red = publish.is_disabled()
    page.get_by_role("checkbox", name="What search engines are told").check()
    page.get_by_label("Why they may be passed over").fill("It is breaking news.")
    page.get_by_role("button", name="Answer for the ticked ones").click()
    page.get_by_role("heading", name="Nothing is red").wait_for()
    publish.click()
    page.get_by_role("link", name="see it").click()
    page.locator("figure[data-clip]").nth(1).wait_for()

    assert was_red
    assert page.locator("figure[data-clip]").count() == 2
    kinds = Article.objects.get().acts.order_by("pk").values_list("kind", "actor")
    wanted = (Act.Kind.SUBMITTED, Act.Kind.APPROVED, Act.Kind.ANSWERED, Act.Kind.PUBLISHED)
    assert list(kinds) == [(kind, "eli") for kind in wanted]
    assert [text for text in complaints if "404" not in text] == []


def press(page, name):
    """Tab to a button or a link of that name, and press Enter on it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        named = page.evaluate(
            "document.activeElement.textContent.trim() || document.activeElement.value || ''"
        )
        if named == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the Tab key does not lead to {name}")


def test_the_same_by_keyboard_alone(page, clips, complaints):
    page.goto(reverse("admin:login"))
    page.keyboard.type("eli")
    page.keyboard.press("Tab")
    page.keyboard.type("eli")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Stories").first.wait_for()
    page.goto(reverse("admin:articles_article_add"))
    body_of(page).wait_for()
    tab_to(page, "#id_headline")
    page.keyboard.type("Hidden cells")
    tab_to(page, "#id_standfirst")
    page.keyboard.type("They film what they do.")
    tab_to(page, ".ProseMirror")
    page.keyboard.type("They came at night.")
    for clip in clips:
        page.keyboard.press("Shift+Tab")
        while not page.evaluate("document.activeElement.textContent.includes('Clip…')"):
            page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        page.locator("[data-choice]").first.wait_for()
        page.keyboard.type(clip.title)
        until(page, "document.querySelectorAll('[data-choice]').length === 1")
        page.keyboard.press("Enter")
        page.locator(f'[data-clip-card="{clip.public_id}"]').wait_for()
    press(page, "Save and publish…")
    page.get_by_role("heading", name="Next step").wait_for()
    press(page, "Submit for review")
    page.get_by_text("in review", exact=True).wait_for()
    press(page, "Approve")
    page.get_by_text("Approved.", exact=True).wait_for()
    press(page, "Publish")
    page.get_by_role("link", name="see it").wait_for()

    article = Article.objects.get()
    assert article.is_public
    assert list(article.clips.order_by("pk")) == clips
    assert complaints == []


def test_no_page_of_the_workflow_has_a_barrier_that_can_be_measured(browser, site):
    context = browser.new_context(base_url=site, bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    sign_in(page)
    found = {}
    for address in pages_of_the_workflow():
        assert page.goto(address).ok
        page.evaluate(Axe().axe_script)
        look(page, address, found)
    context.close()

    assert found == {}


def pages_of_the_workflow():
    """With whatever they can show: red, answered for, held back, a record, all that is left."""
    undecided = {"alt": "", "needs_no_warning": False, "has_no_speech": False}
    clip = a_ready_clip(title="The gate", footage=a_footage(source_alias="heron"), **undecided)
    article = publishing.publish(a_draft(clip), by=None)
    held = {"headline": "word " * 30, "held_reason": "It is red."}
    Article.objects.filter(pk=article.pk).update(**held)
    Redaction.objects.create(clip=clip, kind="mute", start_ms=0, end_ms=500)
    Clip.objects.filter(pk=clip.pk).update(hides="a mute", hidden_by="mo")
    clip.packages.update(hides="a mute")
    story = "admin:articles_article_{}"
    Job.objects.create(kind="package_clip", subject_id=clip.pk, state="failed", reason="No room.")
    Job.objects.create(kind="add_av1", subject_id=clip.pk, state="running", percent=20)
    draft = a_draft(status=Article.Status.REVIEW)
    previewing.make_link(draft, recipient="Omar Ali", days=1, by=None)
    return [
        reverse("admin:index"),
        reverse(story.format("previews"), args=[draft.pk]),
        reverse(story.format("publish"), args=[article.pk]),
        reverse(story.format("withdraw"), args=[article.pk]),
        reverse(story.format("look"), args=[article.pk, clip.pk]),
        f"{reverse(story.format('source'))}?alias=heron",
        f"{reverse('admin:media_clip_withdraw')}?id={clip.pk}",
    ]
