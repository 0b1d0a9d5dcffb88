"""The workflow as people meet it: what each may do, and what they read where they may not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles import publishing, writing
from articles.models import Act, Article, Correction
from media.models import Look
from tests.articles.test_admin import page_of, said, written
from tests.factories import a_draft, a_footage, a_person, a_ready_clip, an_article

pytestmark = pytest.mark.django_db

LONG = "word " * 30


@pytest.fixture
def signed_in(client):
    """A function that signs somebody of these groups in."""

    def sign_in(name, *groups):
        client.force_login(a_person(name, *groups))
        return client

    return sign_in


def door(article, name, *more):
    return reverse(f"admin:articles_article_{name}", args=[article.pk, *more])


def record_of(article):
    return [(act.kind, act.actor, act.reason) for act in article.acts.order_by("pk")]


def errors(page):
    """The sentences with which a page refuses."""
    names = ("form", "step_form", "answer_form", "times_form")
    forms = [page.context[name] for name in names]
    return [text for form in forms for texts in form.errors.values() for text in texts]


# Steps ----------------------------------------------------------------------------------------


def test_a_story_goes_from_its_writer_to_an_editor_and_back(signed_in):
    article = a_draft()
    writer = signed_in("wim", "writers")
    submitted = writer.post(door(article, "step", "submit"), {"reason": ""}, follow=True)
    editor = signed_in("eli", "editors")
    without = editor.post(door(article, "step", "send_back"), {"reason": " "})
    editor.post(door(article, "step", "send_back"), {"reason": "Who says so?"})

    article.refresh_from_db()
    assert said(submitted) == ["Submitted: whoever approves stories sees that it waits."]
    assert errors(without) == ["Write why: whoever wrote the story has to know what to mend."]
    assert article.status == Article.Status.DRAFT
    assert record_of(article) == [
        (Act.Kind.SUBMITTED, "wim", ""),
        (Act.Kind.SENT_BACK, "eli", "Who says so?"),
    ]


def test_the_record_stands_on_the_page_of_the_story(signed_in):
    article = a_draft()
    editor = signed_in("eli", "editors")
    editor.post(door(article, "step", "approve"), {"reason": "Read twice."})

    page = editor.get(page_of(article)).content.decode()

    assert "Read twice." in page
    assert "approved" in page


def test_a_step_that_somebody_else_took_meanwhile_is_told(signed_in):
    article = a_draft(status=Article.Status.REVIEW)

    page = signed_in("eli", "editors").post(door(article, "step", "submit"), {"reason": ""})

    assert errors(page) == ["The story is in review by now: look at it again, then decide."]


def test_words_that_were_changed_after_their_approval_are_to_be_approved_again(signed_in):
    article = a_draft()
    editor = signed_in("eli", "editors")
    editor.post(door(article, "step", "approve"), {"reason": ""})
    article.refresh_from_db()

    writing.saved(article, by=None)
    as_it_was = Article.objects.get().status
    editor.post(page_of(article), written(slug=article.slug, headline="Other words"))

    assert as_it_was == Article.Status.APPROVED
    assert Article.objects.get().status == Article.Status.REVIEW
    assert record_of(article)[-1] == (Act.Kind.CHANGED, "eli", "")


@pytest.mark.parametrize(
    ("status", "answer"), [("draft", 200), ("review", 200), ("approved", 403), ("published", 403)]
)
def test_a_writer_writes_until_the_story_is_approved(signed_in, status, answer):
    article = a_draft(status=status, published_at=timezone.now())

    page = signed_in("wim", "writers").post(page_of(article), written(headline="", slug="x"))

    assert page.status_code == answer


ACTS = {
    "publish": ("publish", ()),
    "withdraw": ("withdraw", ()),
    "approve": ("step", ("approve",)),
    "send back": ("step", ("send_back",)),
    "submit": ("step", ("submit",)),
    "answer": ("answer", ()),
    "times": ("times", ()),
}
REFUSED = {
    "writers": {"publish", "withdraw", "approve", "send back", "answer", "times"},
    "publishers": {"approve", "submit", "answer"},
    "legal": {"publish", "approve", "submit"},
    "archivists": set(ACTS),
    "editors": set(),
}


@pytest.mark.parametrize("group", REFUSED)
def test_who_may_not_act_is_refused(signed_in, group):
    client = signed_in("pat", group)
    given = {"reason": "Ours.", "why": "Ours."}

    answers = {
        act: client.post(door(a_draft(), name, *more), given).status_code
        for act, (name, more) in ACTS.items()
    }

    assert {act for act, status in answers.items() if status == 403} == REFUSED[group]


def test_a_publisher_waits_for_an_approval(signed_in):
    article = a_draft()
    publisher = signed_in("pia", "publishers")
    page = publisher.get(page_of(article, "publish"))
    refused = publisher.post(page_of(article, "publish"), {"at": ""})
    Article.objects.update(status=Article.Status.APPROVED)
    publisher.post(page_of(article, "publish"), {"at": ""})

    text = "Nobody has approved this story yet: ask an editor to approve it."
    assert text in page.content.decode()
    assert errors(refused) == [text]
    assert article.is_public


def test_whoever_may_approve_approves_with_publishing(signed_in):
    article = a_draft()

    signed_in("eli", "editors").post(page_of(article, "publish"), {"at": ""})

    assert record_of(article) == [(Act.Kind.APPROVED, "eli", ""), (Act.Kind.PUBLISHED, "eli", "")]


# Clearance --------------------------------------------------------------------------------------


def test_a_red_check_is_answered_for_with_a_reason_and_then_the_story_goes_out(signed_in):
    article = a_draft(headline=LONG)
    editor = signed_in("eli", "editors")
    without = editor.post(door(article, "answer"), {"checks": "Headline length", "reason": ""})
    nothing = editor.post(door(article, "answer"), {"reason": "A quotation."})
    editor.post(door(article, "answer"), {"checks": "Headline length", "reason": "A quotation."})
    editor.post(page_of(article, "publish"), {"at": ""})

    page = editor.get(page_of(article, "publish"))
    assert errors(without) == [
        "Write why these may be passed over: it stays on the story's record."
    ]
    assert errors(nothing) == ["Tick the red checks that you answer for."]
    assert article.is_public
    assert [check.answer.reason for check in page.context["answered"]] == ["A quotation."]
    assert "“A quotation.”" in page.content.decode()


def test_what_nobody_may_pass_over_cannot_be_ticked(signed_in):
    article = a_draft(headline=" ")
    editor = signed_in("eli", "editors")

    page = editor.get(page_of(article, "publish")).content.decode()
    refused = editor.post(door(article, "answer"), {"checks": "Headline", "reason": "I insist."})

    assert "Nobody may pass over this." in page
    assert 'type="checkbox"' not in page
    assert errors(refused) == ["One of them is not red any more, or nobody may pass over it."]


def test_a_story_that_is_held_back_says_why(signed_in):
    article = an_article(status=Article.Status.SCHEDULED, headline="", published_at=timezone.now())
    Article.objects.update(published_at=timezone.now() - timedelta(seconds=1))
    publishing.keep_time()
    editor = signed_in("eli", "editors")

    pages = [editor.get(page_of(article, name)).content.decode() for name in ("publish", "change")]

    assert ["The story has no headline." in page for page in pages] == [True, True]
    assert ["Held back." in page for page in pages] == [True, True]


def test_a_second_person_looks_at_redactions_in_the_admin(signed_in):
    clip = a_ready_clip(hides="a box", hidden_by="mo")
    clip.packages.update(hides="a box")
    article = a_draft(clip)

    made = signed_in("mo", "editors").post(door(article, "look", clip.pk))
    signed_in("sue", "editors").post(door(article, "look", clip.pk))

    assert said(made) == ["You said what is to be hidden here: somebody else has to look at it."]
    assert list(Look.objects.values_list("clip", "actor")) == [(clip.pk, "sue")]


# Embargo and expiry -------------------------------------------------------------------------------


def test_an_embargo_is_set_with_a_reason_and_wins(signed_in):
    article = a_draft()
    editor = signed_in("eli", "editors")
    without = editor.post(door(article, "times"), {"embargo_until": "2126-03-01T10:00"})
    times = {"embargo_until": "2126-03-01T10:00", "why": "The agency asks."}
    editor.post(door(article, "times"), times)

    answer = editor.post(page_of(article, "publish"), {"at": ""}, follow=True)

    article.refresh_from_db()
    assert errors(without) == [
        "Write why: an embargo is somebody's word, and an expiry somebody's right."
    ]
    assert article.embargo_until == datetime(2126, 3, 1, 10, tzinfo=UTC)
    assert (article.state, article.is_public) == (Article.State.EMBARGOED, False)
    assert said(answer)[-1] == "Scheduled: readers see it from 2126-03-01 10:00 UTC."


def test_an_expiry_before_the_embargo_ends_is_refused(signed_in):
    times = {"embargo_until": "2126-03-02T10:00", "expires_at": "2126-03-01T10:00", "why": "Ours."}

    page = signed_in("eli", "editors").post(door(a_draft(), "times"), times)

    assert errors(page) == ["It would expire before its embargo ends: let it expire later."]


# Corrections ------------------------------------------------------------------------------------


def test_a_correction_is_on_the_record_with_who_made_it(signed_in):
    article = an_article(slug="hidden-cells")
    rows = {
        "corrections-TOTAL_FORMS": "1",
        "corrections-0-at": "2026-03-01T10:00",
        "corrections-0-text": "It was the old town.",
        "corrections-0-article": article.pk,
    }

    signed_in("eli", "editors").post(page_of(article), written(**rows))

    assert record_of(article) == [(Act.Kind.CORRECTED, "eli", "It was the old town.")]
    assert article.state == Article.State.CORRECTED


def test_a_correction_of_a_draft_makes_it_no_corrected_story():
    article = a_draft()
    Correction.objects.create(article=article, text="It was the old town.")

    assert article.state == Article.State.DRAFT


# Withdrawing ------------------------------------------------------------------------------------


def test_a_withdrawn_story_says_how_long_it_took_and_what_is_left(signed_in):
    article = publishing.publish(a_draft(a_ready_clip()), by=None)
    editor = signed_in("eli", "editors")
    before = editor.get(page_of(article, "withdraw")).content.decode()

    page = editor.post(
        page_of(article, "withdraw"), {"reason": "A source is in danger."}, follow=True
    )

    taken = article.acts.get(kind=Act.Kind.TAKEN_AWAY)
    assert said(page)[0].startswith("“Mosul's hidden cells” is withdrawn. Done in")
    assert taken.detail["pages"] > 5
    assert taken.detail["seconds"] < 30
    for sentence in taken.detail["left"]:
        assert sentence.partition(":")[0] in before
    assert "Caches in front of this server" in page.content.decode()


def test_everything_from_one_source_goes_with_one_button(signed_in):
    from_heron = a_ready_clip(footage=a_footage(source_alias="heron"))
    other = a_ready_clip(footage=a_footage(source_alias="crane"))
    shown, kept = a_draft(from_heron), a_draft(from_heron, other)
    for article in (shown, kept):
        publishing.publish(article, by=None)
    editor = signed_in("eli", "editors")
    address = f"{reverse('admin:articles_article_source')}?alias=heron"
    asked = editor.get(address)
    without = editor.post(address, {"reason": "", "stories": [shown.pk]})
    editor.post(address, {"reason": "She is in danger.", "stories": [shown.pk]})

    for row in (from_heron, from_heron.footage, other, shown, kept):
        row.refresh_from_db()
    assert set(asked.context["stories"]) == {shown, kept}
    assert without.context["form"].errors == {
        "reason": ["Everything of a source is withdrawn with a reason: write one."]
    }
    assert (from_heron.withdrawn_at is None, other.withdrawn_at is None) == (False, True)
    assert from_heron.footage.consent == "withdrawn"
    assert (shown.status, kept.is_public) == (Article.Status.WITHDRAWN, True)


def test_a_clip_is_withdrawn_with_a_reason(signed_in):
    clip = a_ready_clip()
    publishing.publish(a_draft(clip), by=None)
    address = f"{reverse('admin:media_clip_withdraw')}?id={clip.pk}"
    editor = signed_in("eli", "editors")

    without = editor.post(address, {"reason": " "})
    page = editor.post(address, {"reason": "She is in danger."}, follow=True)

    assert said(without) == ["A clip is withdrawn with a reason: write one."]
    assert said(page)[0].startswith("Withdrawn: A house is set alight. Done in")
    assert said(page)[1].startswith("Could not be recalled. Downloads: since")


@pytest.mark.parametrize(("group", "may"), [("editors", True), ("writers", False)])
def test_an_embargo_in_the_form_is_for_who_may_set_one_and_on_the_record(signed_in, group, may):
    article = a_draft()
    moment = "2126-03-01T10:00"

    form = written(slug=article.slug, embargo_until=moment)
    signed_in("pat", group).post(page_of(article), form)

    article.refresh_from_db()
    assert (article.embargo_until is not None) is may
    told = [(act.kind, act.actor, act.detail["embargo"]) for act in article.acts.all()]
    assert told == ([(Act.Kind.TIMED, "pat", f"{moment}:00+00:00")] if may else [])
