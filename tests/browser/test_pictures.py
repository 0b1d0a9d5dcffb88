"""An editor puts pictures into a story, by keyboard and by dropping a file, and sees them."""

from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from articles import previewing
from articles.models import Article
from media.core.pictures import REASONS
from media.models import Picture
from tests.browser.conftest import until
from tests.browser.editors import body_of, open_story, save, sign_in
from tests.factories import a_draft

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]

DROP = """(editor, bytes) => {
  const file = new File([Uint8Array.from(bytes)], 'line.png', { type: 'image/png' });
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(file);
  const { left, top } = editor.firstElementChild.getBoundingClientRect();
  const where = { clientX: left + 2, clientY: top + 5 };
  editor.dispatchEvent(new DragEvent('drop', { dataTransfer, ...where, bubbles: true,
    cancelable: true }));
}"""


def a_file(colour, kind="PNG", **options):
    file = BytesIO()
    Image.new("RGB", (1200, 800), colour).save(file, kind, **options)
    return file.getvalue()


def chosen(page, name, content):
    file = {"name": name, "mimeType": "image/jpeg", "buffer": content}
    page.get_by_label("Picture file").set_input_files(file)


def figures():
    """What stands in the story, pictures by the name of their file."""
    names = dict(Picture.objects.values_list("public_id", "original_name"))
    body = Article.objects.get().body
    for public_id, name in names.items():
        body = body.replace(public_id, name)
    return body


def test_pictures_are_inserted_described_moved_and_taken_out(page, browser, site, complaints):
    article = a_draft(body="<p>First</p>")
    sign_in(page)
    open_story(page, article)

    # By the keyboard: a slash in an empty line. A file that is no picture costs no word.
    body_of(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\n/")
    page.get_by_role("searchbox", name="Find what to insert").wait_for()
    page.keyboard.type("picture")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Picture file")).to_be_focused()
    page.get_by_label("Caption").fill("The harbour, at  night")
    chosen(page, "x.svg", b"<svg><script>alert(1)</script></svg>")
    expect(page.get_by_role("alert")).to_have_text(REASONS["svg"])
    expect(page.get_by_role("button", name="Insert", exact=True)).to_be_disabled()
    chosen(page, "harbour.jpg", a_file("navy", "JPEG"))
    page.get_by_text("harbour.jpg, 1200 × 800 pixels").wait_for()
    page.get_by_label("Credit").fill("Heron")
    page.keyboard.press("Enter")
    card = page.locator(".picture-card")
    expect(card).to_contain_text("No description yet")
    assert until(page, "() => document.querySelector('.picture-card img')?.naturalWidth") > 0
    save(page)
    words = 'data-caption="The harbour, at night" data-credit="Heron"'
    harbour = f'<figure data-picture="harbour.jpg" {words}></figure>'
    assert figures() == f"<p>First</p>{harbour}"

    # The check that is red leads to the place where a description is written.
    page.goto(reverse("admin:articles_article_publish", args=[article.pk]))
    page.locator("a[href*='#picture-']").first.click()
    page.get_by_label("Description for those").fill("Boats at a quay")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(card).to_contain_text("Description: Boats at a quay")
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Caption")).to_have_value("The harbour, at night")
    page.keyboard.press("Escape")

    # Dropped where it is to stand, and decided to be decorative.
    body_of(page).evaluate(DROP, list(a_file("black")))
    page.get_by_text("line.png, 1200 × 800 pixels").wait_for()
    page.get_by_label("It is decorative").check()
    expect(page.get_by_label("Description for those")).to_be_disabled()
    page.get_by_role("button", name="Insert", exact=True).click()
    expect(card).to_have_count(2)
    save(page)
    described = harbour.replace(" data-cap", ' data-alt="Boats at a quay" data-cap')
    assert described in figures()
    assert '<figure data-picture="line.png" data-decorative=""></figure>' in figures()

    page.get_by_role("button", name="Take the picture “line.png” out of the story").click()
    expect(card).to_have_count(1)
    save(page)
    assert figures() == f"{described}<p>First</p>"

    # Who has not seen it: with a warning, nothing of it is fetched before it is asked for.
    article.refresh_from_db()
    article.body = article.body.replace("<figure", '<figure data-warning="A wreck."')
    article.save()
    link = previewing.make_link(article, recipient="Omar Ali", days=1, by=None)
    context = browser.new_context(base_url=site)
    reader, fetched = context.new_page(), []
    reader.on("request", lambda request: fetched.append(request.url))
    reader.goto(f"{reverse('preview', args=[previewing.key_of(link)])}?open")
    reader.wait_for_load_state("networkidle")
    assert [url for url in fetched if url.endswith((".avif", ".webp", ".jpg"))] == []
    reader.get_by_text("Show the picture").click()
    place = "document.querySelector('.picture img')"
    box = f"(({place}).getBoundingClientRect())"
    assert reader.evaluate(f"{box}.width / {box}.height") == pytest.approx(1.5, abs=0.01)
    reader.locator(".picture img").scroll_into_view_if_needed()
    assert until(reader, f"() => {place}.currentSrc.endsWith('.avif') && {place}.naturalWidth") > 0
    # It stays open for the visit.
    reader.reload()
    reader.get_by_text("Hide the picture").wait_for()
    context.close()
    assert complaints == [
        "Failed to load resource: the server responded with a status of 400 (Bad Request)"
    ]
