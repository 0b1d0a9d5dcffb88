"""Coming to the desk with a passkey, in a browser that has a key built in."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from newsroom.models import SignIn
from tests.browser.barriers import look
from tests.browser.editors import sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
]

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(browser, site, complaints):
    """Browsers keep passkeys for names, so the site is asked by its name."""
    context = browser.new_context(
        base_url=site.replace("127.0.0.1", "localhost"), bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    tool = context.new_cdp_session(page)
    tool.send("WebAuthn.enable")
    tool.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    yield page
    context.close()


def test_a_passkey_is_added_and_opens_the_desk_without_a_password(page, complaints):
    found = {}

    def looked_at(what):
        page.evaluate(Axe().axe_script)
        look(page, what, found)

    sign_in(page)
    page.goto(reverse("mfa_index"))
    looked_at("second factors")
    page.goto(reverse("mfa_activate_totp"))
    looked_at("the password again")
    page.get_by_label("Password").fill("eli")
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/totp/activate/")
    looked_at("the codes of an app")
    page.goto(reverse("mfa_add_webauthn"))
    looked_at("a new passkey")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/recovery-codes/")
    looked_at("recovery codes")

    page.get_by_role("link", name="Back to the desk").click()
    page.get_by_role("button", name="Log out").click()
    page.goto(reverse("admin:login"))
    looked_at("log in")
    page.get_by_role("button", name="Use a passkey instead").click()
    page.get_by_role("link", name="Stories").first.wait_for()

    assert (found, complaints) == ({}, [])
    assert SignIn.objects.of("eli").first().how == "webauthn"


def test_who_has_no_name_for_its_site_is_not_offered_a_passkey(client, db):
    answer = client.get(reverse("admin:login"), headers={"host": "127.0.0.1"})

    assert b"passkey" not in answer.content
