"""The first page of the desk: what each sees there first, and that it stays up to date."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from articles import desk
from articles.models import Article
from media.models import Job
from tests.factories import a_clip, a_draft, a_footage, a_person, a_playable_clip, an_article

pytestmark = pytest.mark.django_db

HOME, AGAIN = "/admin/", "/admin/home/"


@pytest.fixture
def seen_by(client):
    """A function: the first page, as somebody of these groups sees it."""

    def see(*groups, name="eli"):
        found = get_user_model().objects.filter(username=name).first()
        person = found or a_person(name)
        person.groups.set(Group.objects.filter(name__in=groups))
        client.force_login(person)
        return client.get(HOME).content.decode()

    return see


def a_job(state, **fields):
    clip = fields.pop("clip", None) or a_clip(title="A mill burns")
    return Job.objects.create(kind="package_clip", subject_id=clip.pk, state=state, **fields)


def section(page, name):
    """The part of the page under one heading."""
    return page.partition(f'id="home-{name}"')[2].partition("</section>")[0]


def test_a_story_in_review_waits_for_whoever_approves_and_for_nobody_else(seen_by):
    a_draft(status=Article.Status.REVIEW, headline="To be read")

    assert "To be read</a> to be approved" in section(seen_by("editors"), "waiting")
    assert "Nothing waits for you." in section(seen_by("writers", name="wim"), "waiting")


def test_an_approved_story_waits_for_whoever_publishes(seen_by):
    a_draft(status=Article.Status.APPROVED, headline="To go out")

    assert "To go out</a> to be published" in section(seen_by("publishers"), "waiting")


def test_a_story_that_was_held_back_comes_first_with_its_reason(seen_by):
    soon = timezone.now() + timedelta(hours=1)
    a_draft(status=Article.Status.APPROVED, headline="To go out")
    a_draft(
        status=Article.Status.SCHEDULED,
        headline="Late",
        published_at=soon,
        held_reason="It has no text.",
    )

    waiting = section(seen_by("publishers"), "waiting")

    assert waiting.index("held back: It has no text.") < waiting.index("to be published")


def test_what_goes_out_next_comes_first(seen_by):
    now = timezone.now()
    for hours, headline in ((5, "Later"), (1, "Sooner")):
        moment = now + timedelta(hours=hours)
        a_draft(status=Article.Status.SCHEDULED, headline=headline, published_at=moment)

    following = section(seen_by("editors"), "next")

    assert following.index("Sooner") < following.index("Later")


def test_my_stories_are_those_that_i_saved_last(seen_by):
    a_draft(headline="Mine", updated_by=a_person("eli"))
    a_draft(headline="Theirs", updated_by=a_person("ina"))

    shown = section(seen_by("editors", name="eli"), "mine")

    assert ("Mine" in shown, "Theirs" in shown) == (True, False)


def test_work_says_how_far_it_is_and_how_long_it_will_take(seen_by):
    began = timezone.now() - timedelta(seconds=100)
    a_job(Job.State.RUNNING, percent=20, started_at=began)
    a_job(Job.State.QUEUED)

    work = section(seen_by("archivists"), "work")

    assert ("A mill burns" in work, "20 %, about 7 min left" in work) == (True, True)
    assert "1 more waits for a worker." in work


def test_a_failure_is_told_with_its_reason_and_asked_for_again(client, seen_by):
    job = a_job(Job.State.FAILED, reason="The disk was full.")
    assert "The disk was full." in section(seen_by("archivists"), "failed")

    said = client.post(f"{AGAIN}again/{job.pk}/", follow=True).content.decode()

    assert "It was asked for again." in said
    assert "The disk was full." not in said
    assert Job.objects.about("package_clip", job.subject_id).queued().exists()


def test_what_was_asked_for_again_is_not_asked_for_twice(client, seen_by):
    job = a_job(Job.State.FAILED, reason="The disk was full.")
    seen_by("archivists")

    answers = [client.post(f"{AGAIN}again/{job.pk}/").status_code for _ in range(2)]

    assert answers == [302, 404]
    assert client.get(f"{AGAIN}again/{job.pk}/").status_code == 405


def test_whoever_may_not_change_clips_has_no_work_done_again(client, seen_by):
    job = a_job(Job.State.FAILED, reason="The disk was full.")
    page = seen_by("writers", name="wim")

    assert "The disk was full." in page
    assert "Ask for it again" not in page
    assert client.post(f"{AGAIN}again/{job.pk}/").status_code == 403


def test_footage_is_shown_to_those_who_may_see_it(seen_by):
    a_footage(state="rejected", reason="It holds no pictures.")

    assert "It holds no pictures." in section(seen_by("archivists", name="ada"), "footage")
    assert "home-footage" not in seen_by("writers", name="wim")


def test_what_is_asked_for_later_is_the_inner_part_of_the_page(client, seen_by):
    page = seen_by("editors")
    a_draft(status=Article.Status.REVIEW, headline="To be read")

    later = client.get(AGAIN).content.decode()

    assert f'data-home="{AGAIN}"' in page
    assert ("To be read" in later, "<html" in later) == (True, False)
    client.logout()
    assert client.get(AGAIN).status_code == 302


def test_it_costs_the_same_for_one_of_each_and_for_three(client, django_assert_num_queries):
    person = a_person("eli", "editors", "archivists")
    client.force_login(person)

    def one_of_each(number):
        a_draft(status=Article.Status.REVIEW)
        a_draft(status=Article.Status.SCHEDULED, published_at=timezone.now() + timedelta(hours=1))
        an_article(updated_by=person)
        for state, reason in (("running", ""), ("queued", ""), ("failed", "It is broken.")):
            a_job(state, reason=reason)
        a_footage()

    one_of_each(1)
    client.get(AGAIN)
    with django_assert_num_queries(17) as first:
        client.get(AGAIN)
    one_of_each(2)
    one_of_each(3)
    with django_assert_num_queries(len(first)):
        client.get(AGAIN)


def test_films_whose_rights_end_soon_are_told_of_before_they_leave(seen_by):
    today = timezone.now().date()
    for title, days in (("In a week", 7), ("In a year", 365)):
        footage = a_footage(rights_until=today + timedelta(days=days))
        a_playable_clip(title=title, footage=footage)

    page = section(seen_by("editors"), "ending")

    assert ("In a week" in page, "In a year" in page) == (True, False)


def test_every_kind_of_work_that_can_fail_by_itself_has_a_name_at_the_desk(settings):
    # Chunks fail with the clip whose they are.
    assert set(settings.JOBS) - set(desk.WORDS) == {"encode_chunk"}
