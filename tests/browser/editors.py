"""An editor at the desk, in a browser."""

from django.urls import reverse

from tests.factories import a_person


def sign_in(page, name="eli", *groups):
    """Sign in as somebody new, an editor if nothing else is said."""
    a_person(name, *(groups or ("editors",)))
    sign_in_again(page, name)
    return page


def sign_in_again(page, name="eli"):
    page.goto(reverse("admin:index"))
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(name)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Stories").first.wait_for()


def body_of(page):
    """The editor itself: before its script has run, a plain text box has the same name."""
    return page.locator(".prose-editor > .ProseMirror")


def open_story(page, article, query=""):
    page.goto(reverse("admin:articles_article_change", args=[article.pk]) + query)
    body_of(page).wait_for()


def save(page):
    page.get_by_role("button", name="Save and continue editing").first.click()
    page.locator(".messagelist .success").wait_for()
