"""What people of the desk say to one another of a story, and who is told of it."""

import pytest
from django.core import mail
from django.urls import reverse

from articles import assigning, commenting
from articles.models import Comment, Notice
from tests.articles.desk import page_of, said
from tests.factories import a_draft, a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def eli():
    return a_person("eli", "editors", email="eli@example.org")


@pytest.fixture
def ada():
    return a_person("ada", "editors")


@pytest.fixture
def article(ada):
    return a_draft(updated_by=ada)


def told(person):
    return [notice.kind for notice in person.notices.newest_first()]


def test_who_wrote_the_story_is_told_of_a_comment_and_who_made_it_is_not(eli, ada, article):
    made = commenting.comment(article, " Who says so? ", by=eli, passage="They  came\nat night.")

    assert (made.text, made.passage) == ("Who says so?", "They came at night.")
    assert (told(ada), told(eli)) == (["commented"], [])


def test_an_answer_opens_its_comment_again_and_tells_all_who_spoke(eli, ada, article):
    thread = commenting.comment(article, "Who says so?", by=eli)
    commenting.resolve(thread, by=ada)

    commenting.answer(thread, "Ali does.", by=ada)

    thread.refresh_from_db()
    assert thread.resolved_at is None
    assert told(eli) == ["answered", "resolved"]


def test_a_comment_without_words_is_refused(eli, article):
    with pytest.raises(commenting.NothingSaid, match="A comment has words"):
        commenting.comment(article, "  ", by=eli)

    assert Comment.objects.count() == 0


def test_a_story_is_given_to_somebody_once_and_they_are_told(eli, ada, article):
    assigning.assign(article, eli, by=ada, note="Check the date.")
    task = assigning.assign(article, eli, by=ada, note="Check the names.")

    assert [(one.person, one.note) for one in article.assignments.open()] == [
        (eli, "Check the names.")
    ]
    assert told(eli) == ["assigned", "assigned"]

    assigning.finish(task)

    assert list(article.assignments.open()) == []


def test_who_cannot_sign_in_is_given_nothing(eli, ada, article):
    ada.is_active = False
    ada.save()

    with pytest.raises(assigning.NotOnTheStaff, match="ada cannot sign in here"):
        assigning.assign(article, ada, by=eli)


def test_a_mail_says_that_something_waits_and_not_one_word_of_it(
    eli, ada, article, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assigning.assign(article, eli, by=ada, note="Call the source in Mosul.")

    [letter] = mail.outbox
    assert letter.to == ["eli@example.org"]
    assert letter.body.endswith("/admin/articles/article/notices/")
    for secret in (article.headline, article.slug, "Mosul", "ada", "source"):
        assert secret not in letter.subject + letter.body


# The pages ---------------------------------------------------------------------------------------


def test_a_comment_is_made_answered_resolved_and_opened_again_on_its_page(client, eli, article):
    client.force_login(eli)
    page = page_of(article, "comments")

    client.post(page, {"act": "comment", "text": "Who says so?"})
    thread = str(Comment.objects.get().pk)
    client.post(page, {"act": "answer", "thread": thread, "text": "Ali."})
    client.post(page, {"act": "resolve", "thread": thread})
    resolved = client.get(page).context["resolved_threads"]
    client.post(page, {"act": "reopen", "thread": thread})
    [opened] = client.get(page).context["open_threads"]

    assert [str(one.pk) for one in resolved] == [thread]
    assert [answer.text for answer in opened.replies.all()] == ["Ali."]


def test_a_passage_is_commented_on_and_an_empty_comment_is_refused_with_its_sentence(
    client, eli, article
):
    client.force_login(eli)
    page = page_of(article, "passages")

    refused = client.post(page, {"text": "", "passage": "They came"})
    answer = client.post(page, {"text": "Who?", "passage": "They came"})

    assert (refused.status_code, refused.json()["error"]) == (
        *(400, "A comment has words: write some."),
    )
    assert [(one["passage"], one["text"]) for one in answer.json()["comments"]] == [
        ("They came", "Who?")
    ]


def test_a_task_is_given_and_finished_on_the_page_and_stands_with_the_notices(
    client, eli, ada, article
):
    client.force_login(ada)
    page = page_of(article, "comments")
    client.post(page, {"act": "assign", "person": "eli", "note": "Check."})
    client.force_login(eli)

    elsewhere = client.get(reverse("admin:index")).content.decode()
    mine = client.get(reverse("admin:articles_article_notices"))
    client.post(page, {"act": "finish", "task": str(article.assignments.get().pk)})

    assert "For you (1 new)" in elsewhere
    assert [task.note for task in mine.context["tasks"]] == ["Check."]
    assert [notice.kind for notice in mine.context["notices"]] == ["assigned"]
    assert Notice.objects.unread().count() == 0
    assert not article.assignments.open().exists()


def test_the_form_of_a_story_says_whose_task_it_is_and_how_many_comments_are_open(
    client, eli, ada, article
):
    commenting.comment(article, "Who says so?", by=ada)
    commenting.resolve(commenting.comment(article, "Where?", by=ada), by=ada)
    assigning.assign(article, eli, by=ada, note="Check the time.")
    client.force_login(eli)
    mine = client.get(page_of(article)).content.decode()
    client.force_login(ada)
    hers = client.get(page_of(article)).content.decode()

    assert "Comments and tasks (1 open)" in mine
    assert "ada gave you this story: <bdi>Check the time.</bdi>" in mine
    assert "gave you this story" not in hers


def test_what_no_button_does_is_refused(client, eli, article):
    client.force_login(eli)

    assert client.post(page_of(article, "comments"), {"act": "delete"}).status_code == 403


def test_comments_are_listed_in_as_many_queries_however_many(
    client, eli, article, django_assert_max_num_queries
):
    client.force_login(eli)
    for number in range(3):
        thread = commenting.comment(article, f"Question {number}", by=eli)
        commenting.answer(thread, "Yes.", by=eli)

    with django_assert_max_num_queries(14):
        page = client.get(page_of(article, "comments"))

    assert len(page.context["open_threads"]) == 3
    assert said(page) == []
