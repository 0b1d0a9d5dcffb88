"""Two people, or one in two pages, with the same story: what each of them wrote is kept."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles import drafting, keeping
from articles.models import Article, Author, Byline, Correction, Draft, Embed, Presence, Topic
from tests.articles.desk import page_of, said, written
from tests.factories import a_clip, a_draft, a_person

pytestmark = pytest.mark.django_db

BODY = "<p>First</p><p>Second</p>"
NEW = "admin:articles_article_keep_new"


@pytest.fixture
def eli(client):
    client.force_login(a_person("eli", "editors"))
    return client


@pytest.fixture
def ada(client):
    other = type(client)()
    other.force_login(a_person("ada", "editors"))
    return other


@pytest.fixture
def article():
    return a_draft(slug="hidden-cells", body=BODY)


def draft_page(draft, name="draft"):
    return reverse(f"admin:articles_article_{name}", args=[draft.pk])


# The second save ---------------------------------------------------------------------------------


def test_a_second_save_is_shown_beside_the_first_and_overwrites_nothing(eli, ada, article):
    ada.post(page_of(article), written(body="<p>First, by Ada</p><p>Second</p>", began_from="1"))

    page = eli.post(
        page_of(article),
        written(body="<p>First</p><p>Second, by Eli</p>", began_from="1", tab="t1"),
        follow=True,
    )

    article.refresh_from_db()
    assert article.body == "<p>First, by Ada</p><p>Second</p>"
    draft = Draft.objects.get()
    assert page.redirect_chain == [(draft_page(draft, "merge"), 302)]
    assert page.context["conflicts"] == 0

    eli.post(draft_page(draft, "merge"), {"began_from": "2"})

    article.refresh_from_db()
    assert article.body == "<p>First, by Ada</p><p>Second, by Eli</p>"
    newest = article.revisions.get(number=3)
    assert (newest.kind, newest.by.username) == ("merged", "eli")
    assert Draft.objects.count() == 0


@pytest.mark.parametrize(
    ("choice", "kept"),
    [("theirs", ["Ada"]), ("yours", ["Eli"]), ("both", ["Ada", "Eli"])],
)
def test_of_what_both_changed_a_person_chooses(eli, ada, article, choice, kept):
    ada.post(page_of(article), written(body="<p>Ada</p><p>Second</p>", began_from="1"))
    page = eli.post(
        page_of(article), written(body="<p>Eli</p><p>Second</p>", began_from="1"), follow=True
    )
    [conflict] = [one["part"] for one in page.context["parts"]]

    eli.post(draft_page(Draft.objects.get(), "merge"), {"began_from": "2", conflict.key: choice})

    article.refresh_from_db()
    assert article.body == "".join(f"<p>{text}</p>" for text in (*kept, "Second"))


def test_nothing_is_saved_before_somebody_chose_what_stands_where_both_changed_it(
    eli, ada, article
):
    ada.post(page_of(article), written(body="<p>Ada</p><p>Second</p>", began_from="1"))
    eli.post(page_of(article), written(body="<p>Eli</p><p>Second</p>", began_from="1"))

    page = eli.post(draft_page(Draft.objects.get(), "merge"), {"began_from": "2"})

    assert "Choose one of the versions" in page.content.decode()
    article.refresh_from_db()
    assert (article.body, Draft.objects.count()) == ("<p>Ada</p><p>Second</p>", 1)


def test_a_third_save_during_the_merge_is_not_overwritten_either(eli, ada, article):
    ada.post(page_of(article), written(body="<p>Ada</p><p>Second</p>", began_from="1"))
    eli.post(page_of(article), written(body=f"{BODY}<p>Eli</p>", began_from="1"))
    ada.post(page_of(article), written(body="<p>Ada again</p><p>Second</p>", began_from="2"))

    page = eli.post(draft_page(Draft.objects.get(), "merge"), {"began_from": "2"})

    article.refresh_from_db()
    assert article.body == "<p>Ada again</p><p>Second</p>"
    assert "Somebody saved this story while you wrote" in page.content.decode()
    assert page.context["newest"].number == 3


def test_everything_in_a_stale_form_is_kept_not_the_text_alone(eli, ada):
    clip = a_clip()
    article = a_draft(clip, slug="hidden-cells")
    [embed] = Embed.objects.all()
    ali = Author.objects.create(name="Ali", slug="ali")
    topic = Topic.objects.create(name="Mosul", slug="mosul")
    ada.post(page_of(article), written(body="<p>No clip now</p>", began_from="1"))
    rows = {
        "bylines-TOTAL_FORMS": "1",
        "bylines-0-author": ali.pk,
        "bylines-0-position": "0",
        "embeds-TOTAL_FORMS": "1",
        "embeds-INITIAL_FORMS": "1",
        "embeds-0-id": embed.pk,
        "embeds-0-of": clip.public_id,
        "embeds-0-caption": "Ours.",
        "corrections-TOTAL_FORMS": "1",
        "corrections-0-at": "2026-03-01T10:00",
        "corrections-0-text": "It was Tuesday.",
        "topics": [topic.pk],
        "embargo_until": "2026-03-31T18:00",
    }
    figure = f'<figure data-clip="{clip.public_id}"></figure>'
    body = f"<p>The pictures are hurried.</p>{figure}"

    eli.post(page_of(article), written(body=body, section="World", began_from="1", **rows))
    draft = Draft.objects.get()
    eli.post(draft_page(draft, "merge"), {"began_from": "2"})

    article.refresh_from_db()
    assert draft.snapshot.clip(clip.public_id).words["caption"] == "Ours."
    assert [byline.author for byline in article.bylines.all()] == [ali]
    assert list(article.topics.all()) == [topic]
    assert article.section == "World"
    assert f"{article.embargo_until:%Y-%m-%d %H:%M}" == "2026-03-31 18:00"
    assert [told.text for told in article.corrections.all()] == ["It was Tuesday."]


def test_a_stale_form_in_which_nothing_was_written_saves_nothing(eli, ada, article):
    ada.post(page_of(article), written(body="<p>Ada</p>", began_from="1"))

    page = eli.post(
        page_of(article),
        written(body=BODY, headline=article.headline, began_from="1"),
        follow=True,
    )

    assert said(page)[0].startswith("You had changed nothing")
    article.refresh_from_db()
    assert (article.body, keeping.number_of(article)) == ("<p>Ada</p>", 2)


def test_what_is_saved_while_a_form_is_drawn_is_not_taken_for_seen(eli, article, monkeypatch):
    """Between the question for the number and the words: the number is the older of the two."""
    keeping.hold(article.pk)
    asked = keeping.number_of

    def and_somebody_saves(story):
        number = asked(story)
        Article.objects.update(headline=f"Saved after {number}")
        return number

    monkeypatch.setattr(keeping, "number_of", and_somebody_saves)

    page = eli.get(page_of(article))

    assert page.context["desk"]["began_from"] == 1
    assert page.context["adminform"].form["headline"].value() == "Saved after 1"


def test_a_form_that_is_not_valid_keeps_its_place_and_is_merged_when_it_is(eli, ada, article):
    page = eli.post(page_of(article), written(headline="", began_from="1", tab="t1"))

    assert page.context["desk"]["began_from"] == "1"
    assert page.context["desk"]["tab"] == "t1"


# Words that were not saved -----------------------------------------------------------------------


def keep(client, article, **fields):
    address = page_of(article, "keep") if article else reverse(NEW)
    return client.post(address, written(began_from="1", tab="t1", **fields))


def test_words_are_kept_while_they_are_written_and_change_nothing_yet(eli, article):
    answer = keep(eli, article, body="<p>First, and a h")
    keep(eli, article, body="<p>First, and a half</p>", embargo_until="2026-0")

    draft = Draft.objects.get()
    article.refresh_from_db()
    assert answer.json()["is_kept"] is True
    assert draft.snapshot.body == "<p>First, and a half</p>"
    assert draft.snapshot.settings["embargo_until"] == "2026-0"
    assert article.body == BODY


def test_a_form_that_says_nothing_new_is_not_kept(eli, article):
    keep(eli, article, body="<p>Other</p>")

    answer = keep(eli, article, body=BODY, headline=article.headline)

    assert (answer.json()["is_kept"], Draft.objects.count()) == (False, 0)


def test_a_save_ends_the_words_of_its_page_and_of_no_other(eli, article):
    keep(eli, article, body="<p>Other</p>")
    eli.post(page_of(article, "keep"), written(began_from="1", tab="t2", body="<p>Else</p>"))

    eli.post(page_of(article), written(began_from="1", tab="t1", body="<p>Other</p>"))

    assert [draft.tab for draft in Draft.objects.all()] == ["t2"]
    assert eli.get(page_of(article)).context["desk"]["saved"] == "t1"


def test_words_left_behind_are_offered_to_their_writer_alone(eli, ada, article):
    keep(eli, article, body="<p>Other</p>")

    mine, hers = (client.get(page_of(article)).context["desk"]["drafts"] for client in (eli, ada))

    assert [draft.snapshot.body for draft in mine] == ["<p>Other</p>"]
    assert hers == []
    assert ada.get(draft_page(mine[0])).status_code == 404


def test_words_are_taken_up_with_all_that_stood_in_the_form(eli):
    clip = a_clip()
    article = a_draft(
        clip, slug="hidden-cells", body=f'<figure data-clip="{clip.public_id}"></figure>'
    )
    ali, omar = (Author.objects.create(name=name, slug=name) for name in ("ali", "omar"))
    Byline.objects.create(article=article, author=ali)
    topic = Topic.objects.create(name="Mosul", slug="mosul")
    rows = {
        "bylines-TOTAL_FORMS": "2",
        "bylines-0-author": ali.pk,
        "bylines-0-DELETE": "on",
        "bylines-1-author": omar.pk,
        "embeds-TOTAL_FORMS": "1",
        "embeds-0-of": clip.public_id,
        "embeds-0-caption": "Ours.",
        "corrections-TOTAL_FORMS": "1",
        "corrections-0-text": "It was Tuesday.",
        "topics": [topic.pk],
    }
    keep(eli, article, body=article.body, section="World", **rows)
    draft = Draft.objects.get()

    taken = eli.get(draft_page(draft), follow=True)

    form = taken.context["adminform"].form
    bylines, embeds, corrections = (
        [dict(one.initial) for one in formset.formset.forms]
        for formset in taken.context["inline_admin_formsets"]
    )
    assert (form["section"].value(), form["topics"].value()) == ("World", [topic.pk])
    assert [row.get("DELETE", row.get("author")) for row in bylines] == [True, omar.pk]
    assert embeds[0]["caption"] == "Ours."
    assert corrections[0]["text"] == "It was Tuesday."
    assert taken.context["desk"]["tab"] == "t1"
    assert "that were not saved. Save them to keep them." in taken.content.decode()


def test_words_that_somebody_else_wrote_past_are_put_together_first(eli, ada, article):
    keep(eli, article, body=f"{BODY}<p>Eli</p>")
    ada.post(page_of(article), written(body="<p>Ada</p><p>Second</p>", began_from="1"))
    draft = Draft.objects.get()

    looked = eli.get(draft_page(draft), follow=True)
    eli.post(draft_page(draft, "merge"), {"began_from": "2", "take": ""})

    assert looked.redirect_chain == [(draft_page(draft, "merge"), 302)]
    draft.refresh_from_db()
    assert draft.began_from == 2
    assert draft.snapshot.body == "<p>Ada</p><p>Second</p><p>Eli</p>"


def test_words_are_thrown_away_when_their_writer_says_so(eli, article):
    keep(eli, article, body="<p>Other</p>")

    eli.post(draft_page(Draft.objects.get()), {"throw": ""})

    assert Draft.objects.count() == 0


def test_a_story_that_was_never_saved_is_kept_and_taken_up_too(eli):
    keep(eli, None, headline="Half a head", body="<p>They came")
    draft = Draft.objects.get()

    offered = eli.get(reverse("admin:articles_article_add"))
    taken = eli.get(draft_page(draft), follow=True)
    eli.post(reverse("admin:articles_article_add"), written(tab="t1"))

    assert offered.context["desk"]["drafts"] == [draft]
    assert taken.context["adminform"].form["headline"].value() == "Half a head"
    assert (Draft.objects.count(), Article.objects.count()) == (0, 1)


def test_who_may_not_write_keeps_nothing(client, article):
    client.force_login(a_person("olga", "archivists"))

    page = client.get(page_of(article))

    assert keep(client, article, body="<p>Other</p>").status_code == 403
    assert keep(client, None).status_code == 403
    assert page.status_code == 200
    assert 'id="desk"' not in page.content.decode()


def test_words_that_nobody_asked_for_in_a_month_are_thrown_away(eli, article):
    keep(eli, article, body="<p>Other</p>")
    Draft.objects.update(kept_at=timezone.now() - timedelta(days=31))

    drafting.discard_old()

    assert Draft.objects.count() == 0


# Who else is there -------------------------------------------------------------------------------


def look(client, article, tab, **more):
    fields = {"tab": tab, "began_from": "1", **more}
    return client.post(page_of(article, "present"), fields).json()


def test_two_people_learn_of_one_another_and_of_what_was_saved(eli, ada, article):
    look(ada, article, "a1", writing="1")
    ada.post(page_of(article), written(body="<p>Ada</p>", began_from="1"))

    seen = look(eli, article, "e1")

    assert [(one["name"], one["writing"]) for one in seen["others"]] == [("ada", True)]
    assert (seen["elsewhere"], seen["saved"]["by"]) == (False, "ada")


def test_a_second_tab_is_told_of_the_first(eli, article):
    look(eli, article, "e1")

    assert look(eli, article, "e2")["elsewhere"] is True


def test_who_closed_the_page_or_was_not_heard_of_is_gone(eli, ada, article):
    look(ada, article, "a1")
    look(ada, article, "a2")
    look(ada, article, "a1", leave="1")
    Presence.objects.filter(tab="a2").update(seen_at=timezone.now() - timedelta(minutes=2))

    assert look(eli, article, "e1")["others"] == []
    assert Correction.objects.count() == 0
