"""An editor writes a story and puts clips where they belong, with mouse and keyboard."""

import pytest
from django.urls import reverse

from articles.models import Article
from media.models import Warning
from tests.browser.editors import body_of, open_story, save, sign_in
from tests.factories import a_clip, a_draft

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def editor(page):
    """A page on which an editor is signed in."""
    return sign_in(page)


def figure(clip):
    return f'<figure data-clip="{clip.public_id}"></figure>'


def blocks(page):
    """What stands in the editor, in order: texts, and clips by their ids."""
    return body_of(page).evaluate(
        """editor => [...editor.children]
            .map(({dataset, textContent}) => dataset.clipCard ?? textContent)
            .filter(Boolean)"""
    )


def test_a_clip_stands_where_the_editor_put_it(editor, complaints):
    clip, _other = a_clip(title="The gate at dawn"), a_clip(title="A street")
    editor.goto(reverse("admin:articles_article_add"))
    editor.get_by_label("Headline").press_sequentially("Hidden cells")

    body_of(editor).click()
    editor.keyboard.type("Before the clip.")
    editor.keyboard.press("Enter")
    editor.keyboard.type("After the clip.")
    editor.keyboard.press("ArrowUp")
    editor.keyboard.press("End")
    editor.get_by_role("button", name="Clip…").click()
    editor.get_by_role("searchbox", name="Find a clip").fill("dawn gate")
    editor.get_by_role("button", name="A street").wait_for(state="detached")
    editor.get_by_role("button", name="The gate at dawn").click()
    save(editor)

    assert (
        Article.objects.get().body == f"<p>Before the clip.</p>{figure(clip)}<p>After the clip.</p>"
    )
    assert blocks(editor) == ["Before the clip.", clip.public_id, "After the clip."]
    assert complaints == []


def test_a_clip_is_chosen_moved_and_taken_out_by_the_keyboard_alone(editor, complaints):
    clip = a_clip(title="The gate")
    article = a_draft(body="<p>First</p><p>Second</p>")
    open_story(editor, article)

    body_of(editor).focus()
    # On a busy machine the editor takes a moment to notice.
    editor.locator(".ProseMirror-focused").wait_for()
    editor.keyboard.press("Control+Home")
    editor.keyboard.press("End")
    editor.keyboard.type("!")
    editor.get_by_text("First!").wait_for()
    editor.get_by_role("button", name="Clip…").focus()
    editor.keyboard.press("Enter")
    editor.locator("[data-choice]").wait_for()
    editor.keyboard.press("ArrowDown")
    editor.keyboard.press("Enter")
    editor.locator("[data-clip-card]").wait_for()
    inserted = blocks(editor)
    editor.get_by_role("button", name="Move the clip “The gate” down").press("Enter")
    moved = blocks(editor)
    editor.keyboard.press("Alt+ArrowUp")
    moved_back = blocks(editor)
    editor.keyboard.press("Delete")

    assert inserted == ["First!", clip.public_id, "Second"]
    assert moved == ["First!", "Second", clip.public_id]
    assert moved_back == inserted
    assert blocks(editor) == ["First!", "Second"]
    assert complaints == []


def test_a_story_of_one_clip_and_no_text_keeps_its_clip(editor):
    clip = a_clip(title="The gate")
    article = a_draft(body="")
    open_story(editor, article)

    editor.get_by_role("button", name="Clip…").click()
    editor.locator("[data-choice]").click()
    save(editor)

    article.refresh_from_db()
    assert article.body == figure(clip)


def test_a_clip_is_never_put_into_a_list(editor):
    clip = a_clip(title="The gate")
    article = a_draft(body="<ul><li>One</li><li>Two</li></ul><p>After</p>")
    open_story(editor, article)

    editor.get_by_text("One", exact=True).click()
    editor.get_by_role("button", name="Clip…").click()
    editor.locator("[data-choice]").click()
    save(editor)

    article.refresh_from_db()
    assert article.body == (
        f"<ul><li><p>One</p></li><li><p>Two</p></li></ul>{figure(clip)}<p>After</p>"
    )


def test_a_card_shows_the_state_and_the_warnings_of_its_clip(editor):
    clip = a_clip(title="The gate")
    Warning.objects.create(clip=clip, kind="death")
    open_story(editor, a_draft(clip))

    card = editor.locator("[data-clip-card]")

    assert [line for line in card.inner_text().splitlines() if line][1:5] == [
        "CLIP",
        "The gate",
        "nothing was made of it yet",
        "Warning: A person is killed",
    ]


def test_enter_in_the_search_box_chooses_and_does_not_save_the_story(editor):
    clip = a_clip(title="The gate")
    article = a_draft(body="<p>First</p>")
    open_story(editor, article)

    editor.get_by_role("button", name="Clip…").click()
    editor.locator("[data-choice]").wait_for()
    editor.keyboard.press("Enter")
    editor.locator("[data-clip-card]").wait_for()

    article.refresh_from_db()
    assert article.body == "<p>First</p>"
    assert clip.public_id in blocks(editor)
