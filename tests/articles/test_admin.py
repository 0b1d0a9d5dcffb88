"""The editors' desk: writing a story, its clearance, publishing it and taking it back."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.clip_cards import cards, matching
from articles.models import Article, Correction, Embed
from media import stores
from media.models import Warning
from tests.articles.desk import page_of, said, written
from tests.factories import a_clip, a_draft, a_package, a_person, a_playable_clip, an_article

pytestmark = pytest.mark.django_db

LIST = "admin:articles_article_changelist"


@pytest.fixture
def editor(client):
    client.force_login(a_person("eli", "editors"))
    return client


@pytest.fixture
def archivist(client):
    """May look at stories, and do nothing to them."""
    client.force_login(a_person("ada", "archivists"))
    return client


def figure(clip_id):
    return f'<figure data-clip="{clip_id}"></figure>'


# Writing ----------------------------------------------------------------------------------------


def test_a_story_is_written_with_its_clips(editor):
    first, second = a_clip(), a_clip()
    body = f"<p>Before</p>{figure(second.public_id)}<p>After</p>{figure(first.public_id)}"

    editor.post(reverse("admin:articles_article_add"), written(body=body))

    article = Article.objects.get()
    assert article.body == body
    assert [embed.clip for embed in article.embeds.all()] == [second, first]
    assert article.updated_by.username == "eli"


def test_a_clip_that_does_not_exist_is_refused_and_all_that_was_written_is_kept(editor):
    body = f"<p>Before</p>{figure('abcdefghijkl')}"

    page = editor.post(reverse("admin:articles_article_add"), written(body=body))

    form = page.context["adminform"].form
    assert form.errors == {
        "body": [
            "The story names clips that do not exist (abcdefghijkl): "
            "take them out, or insert them again."
        ]
    }
    assert (form["headline"].value(), form["body"].value()) == ("Mosul's hidden cells", body)
    assert Article.objects.count() == 0


def test_what_a_story_says_of_its_clip_is_kept_and_the_clips_follow_the_text(editor):
    kept, gone = a_clip(), a_clip()
    article = a_draft(kept, gone)
    [embed] = Embed.objects.filter(clip=kept)
    of_gone = Embed.objects.get(clip=gone)
    rows = {
        "embeds-TOTAL_FORMS": "2",
        "embeds-INITIAL_FORMS": "2",
        "embeds-0-id": embed.pk,
        "embeds-0-article": article.pk,
        "embeds-0-caption": "Ours.",
        "embeds-1-id": of_gone.pk,
        "embeds-1-article": article.pk,
    }
    body = f"<p>The pictures are hurried.</p>{figure(kept.public_id)}"

    editor.post(page_of(article), written(body=body, **rows))

    assert list(article.embeds.values_list("clip", "caption")) == [(kept.pk, "Ours.")]


def test_who_may_hand_in_footage_is_led_there_from_the_list_of_clips(client):
    def offered(name, *groups):
        client.force_login(a_person(name, *groups))
        form = client.get(page_of(article)).context["adminform"].form
        return form.fields["body"].widget.attrs.get("data-upload-url")

    article = a_draft()

    assert offered("eli", "editors") is None
    assert offered("olga", "editors", "archivists") == reverse("admin:media_footage_add")


def test_a_correction_is_added_and_an_old_one_stays_as_it_was(editor):
    article = an_article()
    old = Correction.objects.create(article=article, text="It was Tuesday.")
    rows = {
        "corrections-TOTAL_FORMS": "2",
        "corrections-INITIAL_FORMS": "1",
        "corrections-0-id": old.pk,
        "corrections-0-text": "Never mind.",
        "corrections-1-at": "2026-03-01T10:00",
        "corrections-1-text": "It was the old town.",
        "corrections-1-article": article.pk,
    }

    editor.post(page_of(article), written(**rows))

    texts = list(article.corrections.order_by("pk").values_list("text", flat=True))
    assert texts == ["It was Tuesday.", "It was the old town."]
    assert article.corrections.latest("pk").at == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_a_saved_public_story_is_drawn_anew(editor):
    article = an_article(slug="hidden-cells")

    editor.post(page_of(article), written(headline="Another headline"))

    page = stores.read_public("stories/hidden-cells/index.html").decode()
    assert "Another headline" in page


def test_the_address_of_a_public_story_stays(editor):
    article = an_article(slug="hidden-cells")

    editor.post(page_of(article), written(slug="another-address"))

    assert Article.objects.get().slug == "hidden-cells"


@pytest.mark.parametrize(
    ("make", "address"), [(a_draft, None), (an_article, "/stories/hidden-cells/")]
)
def test_only_a_public_story_is_viewed_on_the_site(editor, make, address):
    article = make(slug="hidden-cells")

    page = editor.get(page_of(article))

    assert page.context.get("absolute_url") == address


def test_only_a_draft_can_be_deleted(client):
    client.force_login(a_person("root", is_superuser=True))
    draft, public = a_draft(), an_article()

    answers = [
        client.post(page_of(article, "delete"), {"post": "yes"}).status_code
        for article in (draft, public)
    ]

    assert answers == [302, 403]
    assert list(Article.objects.all()) == [public]


def test_the_scripts_of_the_form_bear_the_nonce_of_its_policy(editor):
    page = editor.get(reverse("admin:articles_article_add"))

    policy = page.headers["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert f'<script type="importmap" nonce="{nonce}">' in page.content.decode()
    assert "unsafe-inline" not in policy


# Lists ------------------------------------------------------------------------------------------


def test_the_list_costs_the_same_for_one_story_and_for_three(
    editor, django_assert_num_queries, django_assert_max_num_queries
):
    an_article(a_clip())
    editor.get(reverse(LIST))
    with django_assert_max_num_queries(10) as one:
        editor.get(reverse(LIST))
    an_article(a_clip(), a_clip())
    a_draft(embargo_until=timezone.now() + timedelta(days=1))

    with django_assert_num_queries(len(one)):
        page = editor.get(reverse(LIST))

    counts = [(row.status, row.clip_count) for row in page.context["cl"].result_list]
    assert counts == [("draft", 0), ("published", 2), ("published", 1)]


def test_a_story_is_found_by_its_headline_and_by_its_address(editor):
    by_headline, by_address = an_article(headline="Raqqa"), an_article(slug="raqqa")
    an_article()

    page = editor.get(reverse(LIST), {"q": "raqqa"})

    assert list(page.context["cl"].result_list) == [by_address, by_headline]


# Clips for the picker ---------------------------------------------------------------------------


def test_the_picker_finds_clips_that_have_every_word():
    found = a_clip(title="The gate at dawn", credit="Heron")
    a_clip(title="The gate at dusk")
    a_clip(title="The gate at dawn", withdrawn_at=timezone.now())

    assert list(matching("DAWN heron gate")) == [found]
    assert list(matching(found.public_id)) == [found]


def test_a_card_shows_what_an_editor_needs_to_know(editor):
    clip = a_clip(title="The gate")
    package = a_package(clip)
    Warning.objects.create(clip=clip, kind="distress")

    answer = editor.get(reverse("admin:articles_article_clips"), {"q": "gate"})

    state = {"word": "ready", "sentence": "ready", "percent": 100, "is_moving": False}
    assert answer.json() == {
        "clips": [
            {
                "id": clip.public_id,
                "title": "The gate",
                "poster": f"/admin/packages/{package.public_id}/poster.jpg",
                "warnings": ["People in distress"],
                "url": f"/admin/media/clip/{clip.pk}/change/",
                "state": state,
            }
        ]
    }


def test_cards_cost_the_same_for_one_clip_and_for_three(django_assert_num_queries):
    clips = [a_playable_clip(), a_playable_clip(), a_playable_clip()]

    with django_assert_num_queries(3):
        one = cards(clips[:1])
    with django_assert_num_queries(3):
        three = cards(clips)

    assert [card["id"] for card in one + three] == [clip.public_id for clip in (clips[0], *clips)]


# Publishing -------------------------------------------------------------------------------------


def test_a_story_is_published_from_its_clearance(editor):
    article = a_draft(slug="hidden-cells")
    page = editor.get(page_of(article, "publish"))

    answer = editor.post(page_of(article, "publish"), {"at": ""}, follow=True)

    article.refresh_from_db()
    assert (page.context["is_clear"], article.is_public) == (True, True)
    assert said(answer) == ['Published: <a href="/stories/hidden-cells/">see it</a>.']


def test_saving_may_go_on_to_publishing(editor):
    article = a_draft()

    answer = editor.post(page_of(article), {**written(headline="New words"), "_publish": "1"})

    assert answer.url == page_of(article, "publish")
    assert Article.objects.get().headline == "New words"


def test_a_red_check_shows_its_reason_and_its_place_and_stops_publishing(editor):
    clip = a_clip(title="The gate")
    article = a_draft(clip)
    page = editor.get(page_of(article, "publish"))

    refused = editor.post(page_of(article, "publish"), {"at": ""})

    red = [check for check in page.context["checks"] if not check.is_green]
    article.refresh_from_db()
    assert [check.url for check in red] == [clip.get_admin_url()]
    assert (page.context["is_clear"], article.status) == (False, "draft")
    assert refused.context["form"].non_field_errors() == [red[0].reason]
    assert b'<button type="submit" class="button default" disabled>' in page.content


def test_a_story_is_scheduled(editor):
    article = a_draft()

    answer = editor.post(page_of(article, "publish"), {"at": "2126-03-01T10:00"}, follow=True)

    article.refresh_from_db()
    assert (article.status, article.is_public) == ("scheduled", False)
    assert said(answer) == ["Scheduled: readers see it from 2126-03-01 10:00 UTC."]


def test_the_past_is_no_time_to_publish(editor):
    article = a_draft()

    page = editor.post(page_of(article, "publish"), {"at": "2016-03-01T10:00"})

    article.refresh_from_db()
    assert page.context["form"].errors == {
        "at": ["That moment is past: leave it empty to publish now."]
    }
    assert article.status == "draft"


def test_a_story_is_withdrawn_with_a_reason(editor):
    article = an_article()

    editor.post(page_of(article, "withdraw"), {"reason": "The source is in danger."})

    article.refresh_from_db()
    assert (article.status, article.withdrawn_reason) == ("withdrawn", "The source is in danger.")


def test_a_story_is_not_withdrawn_without_a_reason(editor):
    article = an_article()

    page = editor.post(page_of(article, "withdraw"), {"reason": " "})

    article.refresh_from_db()
    assert page.context["form"].errors == {
        "reason": ["A story is withdrawn with a reason: write one."]
    }
    assert article.is_public


def test_a_draft_is_not_withdrawn(editor):
    page = editor.post(page_of(a_draft(), "withdraw"), {"reason": "It is wrong."})

    assert page.context["form"].non_field_errors() == [
        "Only a published or scheduled story can be withdrawn."
    ]


def test_a_draft_is_previewed_by_the_desk_alone(archivist, client):
    article = a_draft(headline="Not out yet")
    preview = archivist.get(page_of(article, "preview"))

    client.logout()
    stranger = client.get(page_of(article, "preview"))

    assert (preview.status_code, preview["X-Robots-Tag"]) == (200, "noindex")
    assert "Not out yet" in preview.content.decode()
    assert stranger.status_code == 302


# Refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["publish", "withdraw", "change", "delete"])
def test_who_may_only_look_changes_nothing(archivist, name):
    article = a_draft() if name == "publish" else an_article()

    answer = archivist.post(
        page_of(article, name), {**written(headline="Hijacked"), "reason": "No.", "post": "yes"}
    )

    kept = Article.objects.get()
    assert answer.status_code == 403
    assert (kept.headline, kept.status) == (article.headline, article.status)


@pytest.mark.parametrize("name", ["preview", "publish", "withdraw", "change"])
def test_staff_without_a_permission_sees_no_story(client, name):
    client.force_login(a_person("ona"))

    assert client.get(page_of(a_draft(), name)).status_code == 403


def test_staff_without_a_permission_sees_no_clips(client):
    client.force_login(a_person("ona"))

    assert client.get(reverse("admin:articles_article_clips")).status_code == 403


def test_a_forged_request_publishes_nothing(client):
    article = a_draft()
    client.force_login(a_person("eli", "editors"))
    client.handler.enforce_csrf_checks = True

    answer = client.post(page_of(article, "publish"), {"at": ""})

    article.refresh_from_db()
    assert (answer.status_code, article.status) == (403, "draft")


def test_nothing_is_published_or_withdrawn_by_a_link(editor):
    draft, public = a_draft(), an_article()

    editor.get(page_of(draft, "publish"), {"at": ""})
    editor.get(page_of(public, "withdraw"), {"reason": "No."})

    statuses = dict(Article.objects.values_list("pk", "status"))
    assert statuses == {draft.pk: "draft", public.pk: "published"}
