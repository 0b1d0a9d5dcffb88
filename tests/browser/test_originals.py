"""An archivist opens an original, and looks after the vault, in a browser."""

import pytest
from django.urls import reverse

from media import fixity
from media.models import CustodyEvent
from tests.browser.conftest import until
from tests.browser.desk import barriers
from tests.browser.editors import sign_in
from tests.media.kept import a_kept_footage, a_kept_package, overwrite, path_of
from tests.media.test_admin_footage import PROBE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]

REASON = "The court in Koblenz asks for the file."


@pytest.fixture
def page(browser, site):
    # The checker of barriers is a script that is not ours: only it may pass the policy.
    context = browser.new_context(base_url=site, bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield sign_in(page, "ada", "archivists")
    context.close()


def ask(page, how):
    page.get_by_label(how).check()
    page.get_by_label("Why").fill(REASON)
    page.get_by_label("Your password").fill("ada")
    page.get_by_role("button", name="Open it").click()


def test_an_original_is_watched_and_copied_and_the_log_shows_it(page, tone):
    probe = {**PROBE, "container": "mov,mp4,m4a,3gp,3g2,mj2", "duration_ms": 6000}
    footage = a_kept_footage(tone.read_bytes(), probe=probe, original_name="gate.mp4")
    damaged = a_kept_package()
    overwrite(path_of(damaged, "clip.mp4"), b"x")
    list(fixity.check(most=None, actor="ana"))
    found = {}

    page.goto(reverse("admin:media_footage_change", args=[footage.pk]))
    page.get_by_role("link", name="Open the original…").click()
    found["asked"] = barriers(page)
    ask(page, "watch it here")
    page.evaluate("film = document.querySelector('video.original'); film.muted = true; film.play()")
    until(page, "film.currentTime > 0.2")
    page.evaluate("film.pause(); film.currentTime = 5")
    until(page, "!film.seeking && film.readyState >= 2")
    found["watched"] = barriers(page)
    page.get_by_role("link", name="Open it again in another way").click()
    ask(page, "take a copy")
    found["copied"] = barriers(page)
    with page.expect_download() as copied:
        page.get_by_role("link", name="Take the copy").click()
    page.goto(reverse("admin:media_fixitycheck_changelist"))
    found["vault"] = barriers(page)

    assert copied.value.suggested_filename == f"{footage.public_id}.mp4"
    assert copied.value.path().read_bytes() == tone.read_bytes()
    kinds = [CustodyEvent.Kind.VIEWED, CustodyEvent.Kind.DOWNLOADED]
    opened = CustodyEvent.objects.filter(kind__in=kinds)
    assert [(event.kind, event.actor, event.detail["reason"]) for event in opened] == [
        ("viewed", "ada", REASON),
        ("downloaded", "ada", REASON),
    ]
    assert {page: bars for page, bars in found.items() if bars} == {}
