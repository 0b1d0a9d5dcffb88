"""The player in a page of somebody else's, in a real browser, with JavaScript and without."""

import pytest

from articles import publishing
from media.models import Warning
from tests.factories import a_draft, a_ready_clip

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def a_warned_clip():
    clip = a_ready_clip(slug="fire", title="A fire")
    Warning.objects.create(clip=clip, kind=Warning.Kind.FIRE, wording="A house burns.")
    publishing.publish(a_draft(clip, slug="cells"), by=None)
    return clip


@pytest.mark.parametrize("javascript", [True, False])
def test_a_warned_clip_in_a_frame_shows_nothing_before_it_is_asked_to(site, browser, javascript):
    clip = a_warned_clip()
    context = browser.new_context(java_script_enabled=javascript)
    page = context.new_page()
    page.set_default_timeout(20_000)
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))

    page.set_content(f'<iframe src="{site}/embed/{clip.public_id}/" width="640" height="404">')
    frame = page.frame_locator("iframe")
    frame.get_by_text("A house burns.").wait_for()
    before = [frame.locator("video").is_visible(), any("/media/" in url for url in fetched)]
    frame.locator("summary").click()
    frame.locator("video").wait_for(state="visible")

    assert before == [False, False]
    context.close()


def test_data_in_a_page_is_no_script_that_the_policy_forbids(site, page, complaints):
    a_warned_clip()

    page.goto("/stories/cells/")

    assert page.locator('script[type="application/ld+json"]').count() == 1
    assert complaints == []
