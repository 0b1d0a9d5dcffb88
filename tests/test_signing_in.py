"""Signing in: one door, a second factor, a lock for who guesses, and a log of all of it."""

import base64
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from newsroom.models import SignIn
from tests.factories import a_person

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"
KINDS = SignIn.Kind


def sign_in(client, name="eli", password=None):
    return client.post(f"{LOGIN}?next=/admin/", {"username": name, "password": password or name})


def kinds(name="eli"):
    return list(SignIn.objects.of(name).values_list("kind", flat=True).order_by("pk"))


def an_app(user):
    """The second factor of an app; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_name_and_password_open_the_desk_and_are_written_down(client):
    a_person("eli", "editors")

    answer = sign_in(client)

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200
    assert kinds() == [KINDS.CAME]


def test_who_came_for_nothing_in_particular_comes_to_the_first_page(client):
    a_person("eli", "editors")

    answer = client.post(LOGIN, {"username": "eli", "password": "eli"})

    assert answer["Location"] == "/admin/"


def test_a_wrong_password_is_refused_and_written_down(client):
    a_person("eli", "editors")

    answer = sign_in(client, password="wrong")

    assert answer.status_code == 200
    assert b"correct" in answer.content
    assert kinds() == [KINDS.WRONG_PASSWORD]


def test_what_is_no_name_here_is_not_written_down(client):
    sign_in(client, "my secret password")

    assert list(SignIn.objects.values_list("person", flat=True)) == [""]


def test_who_guesses_is_locked_out_and_so_is_the_right_password(client):
    a_person("eli", "editors")
    for _ in range(5):
        sign_in(client, password="wrong")

    answer = sign_in(client)

    assert answer.status_code == 200
    assert b"Too many failed" in answer.content
    assert kinds() == [KINDS.WRONG_PASSWORD] * 5 + [KINDS.LOCKED_OUT]


def test_who_is_no_staff_does_not_get_in(client):
    a_person("ona").delete()
    user = a_person("guest")
    user.is_staff = False
    user.save()

    assert sign_in(client, "guest").status_code == 200
    assert client.get("/admin/").status_code == 302


# The second factor --------------------------------------------------------------------------------


def test_a_password_alone_does_not_open_the_desk_of_who_has_an_app(client):
    secret = an_app(a_person("eli", "editors"))

    answer = sign_in(client)
    before = client.get("/admin/").status_code
    done = client.post(answer["Location"], {"code": code_of(secret)})

    assert answer["Location"] == reverse("mfa_authenticate")
    assert (before, done["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200
    assert SignIn.objects.of("eli").first().how == "password and totp"


def test_a_wrong_code_is_refused_and_written_down(client):
    an_app(a_person("eli", "editors"))
    answer = sign_in(client)

    client.post(answer["Location"], {"code": "000000"})

    assert client.get("/admin/").status_code == 302
    assert kinds()[-1] == KINDS.WRONG_FACTOR


def test_the_secret_of_an_app_is_not_legible_in_the_database():
    secret = an_app(a_person("eli", "editors"))

    kept = str(Authenticator.objects.get().data)

    assert secret not in kept
    assert base64.b32decode(secret).hex() not in kept


def test_where_it_is_demanded_the_desk_waits_for_a_second_factor(client, settings):
    settings.DEMANDS_SECOND_FACTOR = True
    user = a_person("eli", "editors")
    client.force_login(user)

    without = client.get("/admin/articles/article/")
    assert (without.status_code, without["Location"]) == (302, reverse("mfa_index"))

    an_app(user)
    assert client.get("/admin/articles/article/").status_code == 200


# One door -----------------------------------------------------------------------------------------


def test_there_is_no_second_door(client):
    elsewhere = client.get("/account/login/?next=/admin/")

    assert (elsewhere.status_code, elsewhere["Location"]) == (302, "/admin/login/?next=/admin/")
    for address in ("signup/", "password/reset/", "email/"):
        assert client.get(f"/account/{address}").status_code == 404


# Demotion -----------------------------------------------------------------------------------------


def demoted(user):
    user.is_staff = False
    user.save()


def dismissed(user):
    user.is_active = False
    user.save()


def out_of_the_group(user):
    user.groups.clear()


def taken_out_by_the_group(user):
    Group.objects.get(name="editors").user_set.remove(user)


def without_a_permission(user):
    user.user_permissions.remove(Permission.objects.first())


@pytest.mark.parametrize(
    "happens",
    [demoted, dismissed, out_of_the_group, taken_out_by_the_group, without_a_permission],
)
def test_whoever_may_do_less_is_signed_out_everywhere_at_once(client, happens):
    user = a_person("eli", "editors")
    user.user_permissions.add(Permission.objects.first())
    client.force_login(user)
    assert client.get("/admin/").status_code == 200

    happens(user)

    assert client.get("/admin/").status_code == 302
    assert kinds()[-1] == KINDS.ENDED


def test_whoever_may_do_more_stays(client):
    user = a_person("eli", "editors")
    client.force_login(user)

    user.groups.add(Group.objects.get(name="legal"))
    user.first_name = "Eli"
    user.save()

    assert client.get("/admin/").status_code == 200


def test_the_log_is_seen_by_who_runs_the_site_and_changed_by_nobody(client):
    client.force_login(a_person("root", is_superuser=True))
    sign_in(client, "nobody")

    answer = client.get("/admin/newsroom/signin/")

    assert answer.status_code == 200
    assert b"wrong name or password" in answer.content
    assert b"Add sign-in" not in answer.content
