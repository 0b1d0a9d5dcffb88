"""Nothing that an editor types is lost: not to a killed browser, a server that is away, a session
that ended, or another tab. And what is pasted, inserted and said of a passage comes in right."""

import os
import signal
import time
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from articles import commenting, keeping
from articles.models import Draft
from tests.browser.conftest import CHROMIUM, QUIET, until
from tests.browser.editors import body_of, open_story, save, sign_in, sign_in_again
from tests.factories import a_clip, a_draft, a_person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]

# What may be lost of the words of somebody whose browser is killed.
MOST_LOST_S = 5


@pytest.fixture
def editor(page):
    return sign_in(page)


@pytest.fixture
def article(transactional_db):
    return a_draft(body="<p>First</p>")


def write(page, text, **options):
    body_of(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text, **options)


def take_up(page):
    """The words that are offered, in the editor."""
    page.get_by_role("link", name="take them up").click()
    page.get_by_text("that were not saved. Save them to keep them.").wait_for()
    body_of(page).wait_for()
    return body_of(page).inner_text()


def kept(page):
    page.get_by_text("not saved yet").wait_for()


def kill(folder):
    """End the browser with this profile as a crash does: it writes nothing down any more."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if f"--user-data-dir={folder}" in command:
            os.kill(int(process.name), signal.SIGKILL)


def test_a_browser_that_is_killed_while_somebody_types_loses_five_seconds_at_most(
    driver, site, article, tmp_path
):
    options = {"base_url": site, "executable_path": CHROMIUM, "args": QUIET}
    folder = str(tmp_path / "profile")
    context = driver.chromium.launch_persistent_context(folder, **options)
    page = sign_in(context.new_page())
    open_story(page, article)
    typed = []
    body_of(page).click()
    page.keyboard.press("Control+End")
    started = time.monotonic()
    while time.monotonic() - started < MOST_LOST_S + 4:
        page.keyboard.type(f" word{len(typed)}", delay=20)
        typed.append(time.monotonic())
    kill(folder)
    killed = time.monotonic()

    context = driver.chromium.launch_persistent_context(folder, **options)
    context.clear_cookies()
    page = context.new_page()
    sign_in_again(page)
    open_story(page, article)
    back = take_up(page).split()
    context.close()

    due = [f"word{n}" for n, at in enumerate(typed) if killed - at > MOST_LOST_S]
    assert len(due) > 10
    assert [word for word in due if word not in back] == []


def test_words_written_while_the_server_is_away_are_offered_when_it_is_back(
    editor, article, complaints
):
    open_story(editor, article)
    editor.route("**/keep/", lambda route: route.abort())

    write(editor, " and more")
    editor.get_by_text("The server cannot be reached").wait_for()
    assert Draft.objects.count() == 0
    # The tab is closed, and another is opened when the server is there again.
    other = editor.context.new_page()
    editor.close()
    open_story(other, article)

    assert take_up(other).strip() == "First and more"
    save(other)
    article.refresh_from_db()
    assert article.body == "<p>First and more</p>"
    assert Draft.objects.count() == 0


def test_a_session_that_ended_loses_nothing_whatever_is_done_then(editor, article):
    open_story(editor, article)
    Session.objects.all().delete()
    write(editor, " and")
    editor.get_by_text("You were signed out").wait_for()

    # Whoever signs in anew in another tab goes on where they were.
    other = editor.context.new_page()
    sign_in_again(other)
    write(editor, " more")
    kept(editor)
    # Whoever presses the button finds the words again.
    Session.objects.all().delete()
    write(editor, " still")
    editor.get_by_text("You were signed out").wait_for()
    editor.get_by_role("button", name="Save and continue editing").first.click()
    editor.get_by_label("Username").fill("eli")
    editor.get_by_label("Password").fill("eli")
    editor.get_by_role("button", name="Log in").click()
    editor.get_by_role("link", name="take them up").wait_for()

    assert take_up(editor).strip() == "First and more still"
    save(editor)
    article.refresh_from_db()
    assert article.body == "<p>First and more still</p>"


def test_a_second_tab_says_so_and_both_keep_their_words(editor, article):
    open_story(editor, article)
    write(editor, " in one tab")
    kept(editor)

    other = editor.context.new_page()
    open_story(other, article)
    other.get_by_text("You have this story open in another tab too").wait_for()
    # What stands in a page that is open is not left behind.
    expect(other.get_by_text("You have words that were not saved")).to_be_hidden()
    write(other, " in another")
    kept(other)

    bodies = sorted(draft.snapshot.body for draft in Draft.objects.all())
    assert bodies == ["<p>First in another</p>", "<p>First in one tab</p>"]


def test_two_editors_see_one_another_and_put_their_words_together(editor, browser, site, article):
    open_story(editor, article)
    context = browser.new_context(base_url=site)
    ada = sign_in(context.new_page(), "ada")
    open_story(ada, article)
    ada.get_by_text("eli has this story open too").wait_for()
    write(ada, "\nBy Ada.")
    save(ada)
    context.close()

    body_of(editor).click()
    editor.keyboard.press("Control+Home")
    editor.keyboard.type("The ")
    editor.get_by_role("button", name="Save and continue editing").first.click()
    editor.get_by_text("You changed different places: look, and save.").wait_for()
    editor.get_by_role("button", name="Save both, put together").press("Enter")
    editor.get_by_text("Both are saved, put together.").wait_for()

    article.refresh_from_db()
    assert article.body == "<p>The First</p><p>By Ada.</p>"
    assert keeping.revision(article, 3).by.username == "eli"


def test_a_slash_in_an_empty_line_inserts_by_the_keyboard_alone_and_words_are_counted(
    editor, article, complaints
):
    clip = a_clip(title="The gate")
    open_story(editor, article)
    counts = editor.locator("[data-counts]")
    expect(counts).to_have_text("1 word, 1 min to read.")

    write(editor, "\n/")
    editor.get_by_role("searchbox", name="Find what to insert").wait_for()
    editor.keyboard.type("smaller")
    editor.keyboard.press("Enter")
    editor.keyboard.type("The gate\n/")
    editor.get_by_role("searchbox", name="Find what to insert").wait_for()
    editor.keyboard.type("clip")
    editor.keyboard.press("Enter")
    editor.locator("[data-choice]").wait_for()
    editor.keyboard.press("Enter")
    editor.locator("[data-clip-card]").wait_for()
    editor.get_by_role("button", name="Insert…").click()
    editor.keyboard.type("address")
    editor.keyboard.press("Enter")
    editor.get_by_label("Address", exact=True).last.fill("https://example.org/report")
    editor.get_by_label("Words", exact=True).fill("The report")
    editor.keyboard.press("Enter")
    editor.get_by_role("link", name="The report").wait_for()
    expect(counts).to_have_text("5 words, 1 min to read.")
    save(editor)

    article.refresh_from_db()
    figure = f'<figure data-clip="{clip.public_id}"></figure>'
    link = '<p><a href="https://example.org/report">The report</a></p>'
    assert article.body == f"<p>First</p><h3>The gate</h3>{figure}{link}"
    assert complaints == []


def test_a_passage_is_commented_on_and_marked(editor, article, complaints):
    commenting.comment(article, "Of what?", by=a_person("ada", "editors"), passage="First")
    open_story(editor, article)
    write(editor, " words here")

    editor.locator("[data-passage]").click()
    editor.get_by_text("Of what?").wait_for()
    editor.get_by_role("button", name="Close").click()
    body_of(editor).click()
    editor.keyboard.press("Control+End")
    editor.keyboard.press("Control+Shift+ArrowLeft")
    editor.get_by_role("button", name="Comment…").click()
    editor.get_by_label("Your comment").fill("Where?")
    editor.get_by_role("button", name="Comment", exact=True).click()
    editor.locator("[data-passage]").nth(1).wait_for()

    assert list(article.comments.values_list("passage", "text")) == [
        ("First", "Of what?"),
        ("here", "Where?"),
    ]
    assert complaints == []


# Pasting -----------------------------------------------------------------------------------------

PASTED = {
    "Word": (
        """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>
        p.MsoNormal {margin:0cm}</style></head><body lang=EN-GB style='tab-interval:36.0pt'>
        <!--StartFragment--><p class=MsoTitle><span lang=EN-GB>The gate<o:p></o:p></span></p>
        <p class=MsoNormal><b><span style='mso-bidi-font-weight:normal'>Two men</span></b> stood
        <i>there</i>.<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>
        <p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'>
        <![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·
        <span>&nbsp;&nbsp; </span></span></span><![endif]>One filmed.<o:p></o:p></p>
        <p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'>
        <![if !supportLists]><span style='mso-list:Ignore'>·<span>&nbsp; </span></span><![endif]>
        One drove.<o:p></o:p></p><!--EndFragment--></body></html>""",
        "<h2>The gate</h2><p><strong>Two men</strong> stood <em>there</em>.</p>"
        "<ul><li><p>One filmed.</p></li><li><p>One drove.</p></li></ul>",
    ),
    "LibreOffice": (
        """<html><head><meta name="generator" content="LibreOffice 24.2 (Linux)"/>
        <style type="text/css">p { line-height: 115% }</style></head><body lang="en-GB">
        <h1 class="western" style="line-height: 100%">The gate</h1>
        <p style="line-height: 100%; margin-bottom: 0cm"><font color="#c9211e"><b>Two men</b></font>
        stood <i>there</i>.</p><p style="margin-bottom: 0cm"><br/></p>
        <ul><li><p style="margin-bottom: 0cm">One filmed.</p></li>
        <li><p style="margin-bottom: 0cm">One drove.</p></li></ul></body></html>""",
        "<h2>The gate</h2><p><strong>Two men</strong> stood <em>there</em>.</p>"
        "<ul><li><p>One filmed.</p></li><li><p>One drove.</p></li></ul>",
    ),
    "Google Docs": (
        """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1a2b">
        <h1 dir="ltr"><span style="font-size:20pt;font-weight:400;">The gate</span></h1>
        <p dir="ltr"><span style="font-weight:700;font-style:normal;">Two men</span>
        <span style="font-weight:400;font-style:normal;">stood </span><span
        style="font-weight:400;font-style:italic;">there</span><span>.</span></p><br />
        <ul><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span
        style="font-weight:400;">One filmed.</span></p></li><li dir="ltr"><p dir="ltr"><span
        style="font-weight:400;">One drove.</span></p></li></ul></b>""",
        "<h2>The gate</h2><p><strong>Two men</strong> stood <em>there</em>.</p>"
        "<ul><li><p>One filmed.</p></li><li><p>One drove.</p></li></ul>",
    ),
}
PASTE = """(editor, html) => {
  const data = new DataTransfer();
  data.setData('text/html', html);
  data.setData('text/plain', 'plain');
  editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true,
    cancelable: true }));
}"""


def test_what_word_processors_put_on_the_clipboard_comes_in_clean(editor, article, complaints):
    for html, clean in PASTED.values():
        open_story(editor, article)
        body_of(editor).click()
        editor.keyboard.press("Control+A")
        body_of(editor).evaluate(PASTE, html)
        until(editor, "() => document.querySelector('.ProseMirror ul') !== null")
        save(editor)

        article.refresh_from_db()
        assert article.body == clean
        article.body = "<p>First</p>"
        article.save()
    assert complaints == []
