"""Barriers that can be measured on the pages on which stories are written together."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from articles import assigning, commenting, drafting, keeping, merging
from articles.models import Draft
from tests.browser.desk import barriers
from tests.browser.editors import body_of, sign_in
from tests.factories import a_clip, a_draft, a_figure, a_person, a_picture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]

TEXT = "<p>Two men stand at the gate.</p><h2>Who they are</h2><ul><li>One filmed.</li></ul>"


@pytest.fixture
def addresses(page):
    """Every page about one story of which two people wrote, and one gave the other a task."""
    eli, ada = User.objects.get(username="eli"), a_person("ada", "editors")
    clip = a_clip(title="The gate")
    picture = a_picture()
    figure = f'<figure data-clip="{clip.public_id}"></figure>'
    figure += a_figure(picture, alt="", caption="The gate at night", credit="Heron")
    article = a_draft(clip, body=f"{TEXT}{figure}<p>They left.</p>")
    keeping.hold(article.pk)
    theirs = form(article.body.replace("stand", "stood").replace("One filmed", "One drove"))
    merging.save(article, drafting.words_of(theirs, article), by=ada, began_from=1)
    yours = form(article.body.replace("stand at", "wait at").replace("left.", "left at night."))
    draft = drafting.keep_words(eli, article, yours, "left-behind")
    thread = commenting.comment(article, "Who says so?", by=ada, passage="They left")
    commenting.answer(thread, "Two neighbours.", by=eli)
    commenting.resolve(commenting.comment(article, "A map?", by=ada), by=eli)
    assigning.assign(article, eli, by=ada, note="Check the time.")
    of_story = ("change", "revisions", "compare", "comments")
    return [
        *(address(name, article.pk) for name in of_story),
        *(address("revision", article.pk, number) for number in (1, 2)),
        address("preview", article.pk),
        *(reverse("admin:media_picture_changelist"), picture_page(picture)),
        *(address("merge", draft.pk), address("notices"), address("add"), address("changelist")),
    ]


def picture_page(picture):
    return reverse("admin:media_picture_change", args=[picture.pk])


def form(body):
    return {"body": [body], "began_from": ["1"]}


def address(name, *args):
    return reverse(f"admin:articles_article_{name}", args=args)


@pytest.fixture
def page(browser, site):
    # The checker is a script that is not ours: only it may pass the policy.
    context = browser.new_context(base_url=site, bypass_csp=True, reduced_motion="reduce")
    yield sign_in(context.new_page())
    context.close()


def test_no_page_of_writing_together_has_a_barrier_that_can_be_measured(page, addresses):
    found = {}
    for one in addresses:
        assert page.goto(one).status == 200
        if page.locator("#desk").count():
            body_of(page).wait_for()
            page.wait_for_function("() => document.querySelector('.select2-selection[aria-label]')")
        if wrong := barriers(page):
            found[one] = wrong

    page.goto(addresses[0])
    page.get_by_role("button", name="Picture…").click()
    page.get_by_role("button", name="Take the picture IMG_2041.jpg").click()
    if wrong := barriers(page):
        found["the dialog of a picture"] = wrong

    assert found == {}
    assert Draft.objects.count() == 1
