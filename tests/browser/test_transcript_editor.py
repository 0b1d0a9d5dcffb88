"""The words of a clip: written by the keyboard alone, by touch, and beside somebody else."""

import pytest
from django.urls import reverse

from media import transcribing
from media.models import Transcript
from media.transcribing import Row
from tests.browser.desk import a_clip_at_the_desk, barriers, sit_down

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def transcript(site, tone):
    clip = a_clip_at_the_desk(tone, title="The mill")
    begun = transcribing.begin(clip, language="en", kind="captions", by="ana")
    rows = [
        Row("one", 500, 2500, "Omar", "They came at night. We hid in the mill."),
        Row("two", 3000, 4000, "Ali", "My neighbour Maryam called us."),
    ]
    return transcribing.save_version(begun, rows, by="ana", checked_by="")


@pytest.fixture
def desk(page, transcript):
    address = reverse("admin:media_transcript_edit", args=[transcript.pk])
    sit_down(page, address, "[data-cue-editor]")
    return page


def lines(page):
    return page.locator("[data-row] ~ *, .cue").evaluate_all(
        "rows => rows.filter(row => row.matches('.cue')).map(row =>"
        " ['start', 'end', 'speaker', 'text'].map(name =>"
        " row.querySelector(`[data-${name}]`).value))"
    )


def saved(clip):
    version = clip.transcripts.live().get()
    return version, [
        (row.start_ms, row.end_ms, row.speaker, row.text) for row in transcribing.rows_of(version)
    ]


def say(page, words):
    page.locator("[data-say]", has_text=words).wait_for()


def test_a_transcript_is_written_by_the_keyboard_alone(desk, transcript, complaints):
    press = desk.keyboard.press
    desk.locator("video").evaluate(
        "film => film.readyState > 0 || new Promise(r => film.onloadedmetadata = r)"
    )
    for _ in range(80):
        press("Tab")
        if desk.evaluate("document.activeElement.matches('.cue [data-text]')"):
            break
    press("Home")
    for _ in range(len("They came at night.")):
        press("ArrowRight")
    press("Alt+Enter")
    after_split = lines(desk)
    press("Alt+ArrowDown")
    press("Home")
    for _ in range(len("My neighbour Ma")):
        press("ArrowRight")
    press("Alt+w")
    press("Alt+.")
    press("Alt+Shift+.")
    press("Alt+[")
    nudged = lines(desk)[2]
    press("Control+z")
    undone = lines(desk)[2]
    press("Control+y")
    press("Alt+ArrowUp")
    press("End")
    desk.keyboard.type(" Nobody slept.")
    press("Alt+t")
    desk.keyboard.type("0.5")
    press("Enter")
    say(desk, "Shifted by 0.5 s")
    press("Alt+r")
    desk.keyboard.type("mill")
    press("Tab")
    desk.keyboard.type("barn")
    desk.get_by_role("button", name="Replace all").press("Enter")
    say(desk, "Replaced: 1.")
    press("Control+s")
    say(desk, "Saved as a draft.")

    assert [line[3] for line in after_split] == [
        *("They came at night.", "We hid in the mill.", "My neighbour Maryam called us.")
    ]
    assert after_split[0][1] == after_split[1][0]
    assert nudged == ["0:03.000", "0:04.200", "Ali", "My neighbour [[Maryam]] called us."]
    assert undone[:2] == ["0:03.100", "0:04.200"]
    version, kept = saved(transcript.clip)
    assert [row[2:] for row in kept] == [
        ("Omar", "They came at night."),
        ("Omar", "We hid in the barn. Nobody slept."),
        ("Ali", "My neighbour [[Maryam]] called us."),
    ]
    assert (kept[0][0], kept[2][0], kept[2][1]) == (1000, 3500, 4700)
    assert version.made_by == "eli"
    assert "Maryam" not in transcribing.webvtt(version)
    assert desk.url.endswith(reverse("admin:media_transcript_edit", args=[version.pk]))
    assert complaints == []


def test_a_stale_save_is_refused_and_loses_no_word(desk, transcript):
    rows = [Row("one", 500, 2500, "Omar", "Ana's words."), Row("two", 3000, 4000, "Ali", "Hers.")]
    theirs = transcribing.save_version(transcript, rows, by="ana", checked_by="")
    desk.get_by_label("Words, line 2").fill("Mine.")
    desk.get_by_role("button", name="Save and approve").click()
    say(desk, "ana saved a newer version meanwhile")
    refused = saved(transcript.clip)[0], lines(desk)[1][3]
    desk.get_by_role("button", name="Take them over into mine").click()
    say(desk, "Both of you changed the line at 0:03.000: yours stands.")
    desk.get_by_role("button", name="Save and approve").click()
    say(desk, "Saved and approved: readers get it.")

    assert refused == (theirs, "Mine.")
    version, kept = saved(transcript.clip)
    assert [row[3] for row in kept] == ["Ana's words.", "Mine."]
    assert version.state == Transcript.State.APPROVED


def test_the_page_works_on_a_phone_and_has_no_barrier_that_can_be_measured(
    browser, site, transcript, complaints
):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "bypass_csp": True}
    context = browser.new_context(base_url=site, **phone)
    page = context.new_page()
    address = reverse("admin:media_transcript_edit", args=[transcript.pk])
    sit_down(page, address, "[data-cue-editor]")
    page.locator(".wave[data-drawn='120']").wait_for()
    page.get_by_label("Words, line 2").tap()
    page.get_by_role("button", name="Merge with the next").is_visible()
    page.get_by_role("button", name="Line before").tap()
    page.get_by_role("button", name="Merge with the next").tap()
    merged = lines(page)
    page.get_by_role("button", name="What it was").tap()
    page.get_by_role("heading", name="What this line was").wait_for()
    told = page.locator("[data-revisions] p").all_inner_texts()
    page.get_by_role("button", name="Close", exact=True).tap()
    found = barriers(page)
    context.close()

    assert found == {}
    assert [line[3] for line in merged] == [
        "They came at night. We hid in the mill.\nMy neighbour Maryam called us."
    ]
    assert told[1] == "Omar: They came at night. We hid in the mill."
