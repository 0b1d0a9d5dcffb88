"""A story beside its form, as readers will see it, while somebody writes."""

import pytest

from tests.browser.editors import body_of, open_story, sign_in
from tests.factories import a_draft

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]


def test_what_is_written_stands_beside_it_at_the_width_of_a_phone_and_of_a_desk(page):
    article = a_draft(headline="Cells in the dark", body="<p>First words.</p>")
    sign_in(page)
    open_story(page, article)
    shown = page.frame_locator("iframe[title='Preview']")

    page.get_by_role("button", name="See it beside").click()
    shown.get_by_text("First words.").wait_for()
    width = "() => document.querySelector('iframe[title=Preview]').contentWindow.innerWidth"
    assert page.evaluate(width) == 390
    page.get_by_label("Desk").check()
    assert page.evaluate(width) == 1280

    body_of(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" And more.")
    shown.get_by_text("First words. And more.").wait_for()

    page.get_by_role("button", name="Close the preview").click()
    assert page.evaluate("document.activeElement.textContent") == "See it beside, as you write"
    article.refresh_from_db()
    assert article.body == "<p>First words.</p>"
