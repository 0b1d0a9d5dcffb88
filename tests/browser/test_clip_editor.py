"""A clip is cut and a face is hidden in it: on the film, by keyboard alone, and by touch."""

import pytest
from django.urls import reverse

from media import cutting, transcribing
from media.models import Clip, Warning
from media.transcribing import Row
from tests.browser.desk import a_clip_at_the_desk, barriers, sit_down
from tests.factories import a_footage
from tests.media.examined import facts

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def clip(site, tone):
    footage = a_footage(probe={**facts(), "duration_ms": 10_000})
    return a_clip_at_the_desk(tone, title="The mill", footage=footage)


def open_cutter(page, clip):
    sit_down(page, reverse("admin:media_clip_cut", args=[clip.pk]), "[data-cutter]")
    page.locator("video").evaluate(
        "film => film.readyState > 1 || new Promise(done => (film.oncanplay = done))"
    )


def go_to(page, seconds):
    page.locator("video").evaluate(
        "(film, at) => new Promise(done => { film.onseeked = done; film.currentTime = at; })",
        seconds,
    )


def say(page, words):
    page.locator("[data-say]", has_text=words).wait_for()


def test_a_clip_is_cut_and_a_face_is_hidden_by_the_keyboard_alone(page, clip, complaints):
    open_cutter(page, clip)
    press = page.keyboard.press
    go_to(page, 1)
    press("Alt+i")
    go_to(page, 5)
    press("Alt+o")
    go_to(page, 2)
    press("Alt+b")
    for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowRight"):
        press(key)
    go_to(page, 3)
    for _ in range(5):
        press("ArrowRight")
    press("Alt+o")
    before_undo = page.locator("[data-places]").inner_text()
    press("Control+z")
    press("Control+z")
    undone = page.locator("[data-places]").inner_text()
    press("Control+y")
    press("Control+y")
    press("Alt+u")
    press("Alt+r")
    press("Alt+g")
    page.get_by_label("Words of the warning").fill("A man is hurt.")
    press("Control+s")
    say(page, "Saved. Readers lose the clip until it is made anew")

    marks = cutting.marks_of(Clip.objects.get())
    [box, mute] = marks.hidden
    assert (before_undo, undone) == ("2 places", "stands still")
    assert (marks.start_ms, marks.end_ms, marks.poster_ms) == (1000, 5000, 3000)
    assert (box.start_ms, box.end_ms) == (2000, 3000)
    assert [key.at_ms for key in box.box.keys] == [2000, 3000]
    first, last = (key.area for key in box.box.keys)
    assert first == pytest.approx((0.34, 0.34, 0.31, 0.3))
    assert last == pytest.approx((0.39, 0.34, 0.31, 0.3))
    assert (mute.start_ms, mute.box) == (3000, None)
    assert Warning.objects.get().wording == "A man is hurt."
    assert complaints == []


def test_it_works_by_touch_shows_what_is_still_heard_and_has_no_barrier(browser, site, clip):
    begun = transcribing.begin(clip, language="en", kind="captions", by="")
    rows = [Row("a", 1000, 2000, "", "I am [[Maryam]].")]
    transcribing.save_version(begun, rows, by="", checked_by="")
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "bypass_csp": True}
    context = browser.new_context(base_url=site, **phone)
    page = context.new_page()
    open_cutter(page, clip)
    page.get_by_role("button", name="Black box").tap()
    shape = page.locator(".shape--box")
    before = shape.bounding_box()
    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 10, steps=4)
    page.mouse.up()
    after = shape.bounding_box()
    page.get_by_role("button", name="Crop").tap()
    page.get_by_role("button", name="Mute 0:01.000 to 0:02.000").tap()
    muted = page.get_by_label("The mute ends").input_value()
    found = barriers(page)
    context.close()

    assert (round(after["x"] - before["x"]), round(after["y"] - before["y"])) == (40, 10)
    assert muted == "0:02.000"
    assert found == {}
