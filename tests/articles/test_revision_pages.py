"""The pages on which saves of a story are listed, compared and brought back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import keeping, publishing, writing
from articles.admin import revisions
from articles.models import Article, Revision
from tests.articles.desk import page_of, said, written
from tests.factories import a_draft, a_person, a_ready_clip

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    client.force_login(a_person("eli", "editors"))
    return client


def a_story_saved(times, **fields):
    article = a_draft(**fields)
    first = keeping.keep(article, by=None)
    Revision.objects.bulk_create(
        Revision(article=article, number=number, words=first.words)
        for number in range(2, times + 1)
    )
    return article


def test_every_save_of_the_form_is_a_revision_of_its_writer(editor):
    article = a_draft(slug="hidden-cells")

    editor.post(page_of(article), written(headline="Another", began_from="1"))

    rows = editor.get(page_of(article, "revisions")).context["rows"]
    assert [(row.number, str(row.by or ""), row.changes) for row in rows] == [
        (2, "eli", "headline"),
        (1, "", ""),
    ]


def test_a_story_of_many_saves_is_listed_in_as_many_queries_as_one_of_few(editor, monkeypatch):
    monkeypatch.setattr(revisions, "PAGE", 3)
    few, many = a_story_saved(5), a_story_saved(40)
    editor.get(page_of(few, "revisions"))

    def queries(article):
        with CaptureQueriesContext(
            connection,
        ) as found:
            page = editor.get(page_of(article, "revisions"))
        assert "words" not in found.captured_queries[-1]["sql"].split("FROM")[0]
        assert [row.number for row in page.context["rows"]][:1] == [article.revisions.count()]
        return len(found)

    assert queries(few) == queries(many)


def test_the_newest_revision_is_compared_with_the_one_before_it(editor):
    article = a_draft(slug="hidden-cells")
    editor.post(page_of(article), written(body="<p>The pictures are very hurried.</p>"))

    page = editor.get(page_of(article, "compare"))

    assert (page.context["before"].number, page.context["after"].number) == (1, 2)
    [changed] = [row for row in page.context["sections"][0].rows if row.state == "changed"]
    assert [piece.html.strip() for piece in changed.pieces if piece.state == "new"] == ["very"]


def test_two_chosen_revisions_are_compared_the_older_one_first(editor):
    article = a_story_saved(4)

    page = editor.get(page_of(article, "compare"), {"of": ["4", "2"]})

    assert (page.context["before"].number, page.context["after"].number) == (2, 4)


def test_a_revision_that_there_is_not_answers_404(editor):
    article = a_story_saved(1)

    assert editor.get(page_of(article, "revision", 9)).status_code == 404
    assert editor.get(page_of(article, "compare"), {"of": ["1", "9"]}).status_code == 404


def test_an_older_revision_is_brought_back(editor):
    article = a_draft(slug="hidden-cells", headline="As it was")
    editor.post(page_of(article), written(headline="Another"))

    done = editor.post(page_of(article, "restore", 1), {"began_from": "2"}, follow=True)

    assert said(done)[-1:] == ["The words of revision 1 are back, as a new revision."]
    article.refresh_from_db()
    assert article.headline == "As it was"
    assert Revision.objects.get(number=3).restored_from == 1


def test_nothing_is_brought_back_over_what_somebody_saved_meanwhile(editor):
    article = a_draft(slug="hidden-cells")
    editor.post(page_of(article), written(headline="Another"))

    done = editor.post(page_of(article, "restore", 1), {"began_from": "1"}, follow=True)

    assert "Somebody saved this story while you wrote" in said(done)[-1]
    assert Article.objects.get().headline == "Another"


def test_what_readers_saw_is_listed_with_its_times(editor):
    article = publishing.publish(a_draft(a_ready_clip()), by=None)
    writing.saved(article, by=None)

    page = editor.get(page_of(article, "revisions"), {"only": "public"})

    [shown] = page.context["rows"]
    assert (shown.public_from is None, shown.public_until) == (False, None)
    assert '<span class="badge badge--published">public</span>' in page.content.decode()


def test_who_may_only_look_brings_nothing_back(client):
    client.force_login(a_person("ada", "archivists"))
    article = a_story_saved(2)

    page = client.get(page_of(article, "revision", 1))
    refused = client.post(page_of(article, "restore", 1), {"began_from": "2"})

    assert page.context["can_restore"] is False
    assert refused.status_code == 403
