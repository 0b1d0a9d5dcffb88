"""Previews for people without an account: signed, for one person, for a while, and counted."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from articles import keeping, previewing, publishing
from articles.models import Draft, PreviewLink
from tests.factories import a_draft, a_person, a_ready_clip, a_transcript

pytestmark = pytest.mark.django_db


@pytest.fixture
def clip():
    clip = a_ready_clip(title="A mill burns", slug="mill")
    a_transcript(clip, "They wait for the night")
    return clip


@pytest.fixture
def article(clip):
    return a_draft(clip, slug="cells", headline="Cells in the dark")


@pytest.fixture
def editor(client):
    client.force_login(a_person("eli", "editors"))
    return client


@pytest.fixture
def link(article):
    return previewing.make_link(article, recipient="Omar Ali", days=2, by=None)


def path_of(link):
    return previewing.address_of(link).partition("//")[2].partition("/")[2].join(("/", ""))


def opened(client, link):
    return client.get(path_of(link), {"open": ""})


def test_a_draft_is_shown_to_the_person_whose_name_lies_across_it(client, link):
    page = opened(client, link)

    assert page.status_code == 200
    html = page.content.decode()
    assert ("Cells in the dark" in html, "They wait for the night" in html) == (True, True)
    assert "This preview was made for <bdi>Omar Ali</bdi>" in html
    assert (page["X-Robots-Tag"], page["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert "no-store" in page["Cache-Control"]
    assert page.cookies == {}


def test_the_address_alone_tells_nothing_of_the_story_and_counts_as_no_look(client, link):
    html = client.get(path_of(link)).content.decode()

    assert ("Omar Ali" in html, "Cells" in html, "cells" in html) == (True, False, False)
    assert link.visits.count() == 0


def test_every_look_is_noted(client, link):
    opened(client, link)
    opened(client, link)

    assert link.visits.count() == 2


def test_its_clips_play_for_whoever_has_the_link(client, link, clip):
    base = path_of(link)
    html = opened(client, link).content.decode()
    [transcript] = clip.transcripts.all()

    assert f"{base}{clip.current_package.public_id}/master.m3u8" in html
    film = client.get(
        f"{base}{clip.current_package.public_id}/clip.mp4", headers={"Range": "bytes=0-3"}
    )
    words = client.get(f"{base}{transcript.public_id}/captions.vtt")
    assert (film.status_code, words.status_code) == (206, 200)


def test_it_gives_no_file_of_another_story(client, link):
    other = a_ready_clip()

    address = f"{path_of(link)}{other.current_package.public_id}/clip.mp4"
    assert client.get(address).status_code == 404


def forged(link):
    return path_of(link)[:-4] + "abc/"


def ended(link):
    PreviewLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def taken_back(link):
    previewing.revoke(link)


def withdrawn(link):
    publishing.withdraw(publishing.publish(link.article, by=None), by=None, reason="A mistake.")


@pytest.mark.parametrize("end", [ended, taken_back, withdrawn])
def test_a_link_that_is_over_shows_neither_the_story_nor_its_films(client, link, clip, end):
    film = f"{path_of(link)}{clip.current_package.public_id}/clip.mp4"
    assert client.get(film).status_code == 200

    end(link)

    answers = [client.get(path_of(link)), opened(client, link), client.get(film)]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert link.visits.count() == 0


def test_a_story_that_has_become_public_is_read_at_its_own_address(client, link):
    publishing.publish(link.article, by=None)

    assert opened(client, link)["Location"] == "/stories/cells/"
    with pytest.raises(previewing.NoPreview, match="its own address can be sent"):
        previewing.make_link(PreviewLink.objects.get().article, recipient="Mary", days=1, by=None)


def test_a_key_that_we_did_not_sign_opens_nothing(client, link):
    assert client.get(forged(link)).status_code == 404
    assert client.get(f"/preview/{link.public_id}/").status_code == 404


@pytest.mark.parametrize(
    ("recipient", "days", "says"),
    [
        (" ", 2, "write the person's name"),
        ("Omar", 0, "choose a number between them"),
        ("Omar", 31, "choose a number between them"),
    ],
)
def test_a_link_for_nobody_or_for_ever_is_not_made(article, recipient, days, says):
    with pytest.raises(previewing.NoPreview, match=says):
        previewing.make_link(article, recipient=recipient, days=days, by=None)


# Beside the form ------------------------------------------------------------------------------


def words_kept(article, person, **texts):
    kept = keeping.snapshot_of(article)
    words = replace(kept, texts={**kept.texts, **texts}).as_json()
    Draft.objects.create(person=person, article=article, tab="t1", words=words)


def beside(client, article, tab="t1"):
    page = client.get(f"/admin/articles/article/{article.pk}/preview/", {"tab": tab})
    assert (page.status_code, page["X-Frame-Options"]) == (200, "SAMEORIGIN")
    return page.content.decode()


def test_words_that_are_being_written_are_shown_and_not_saved(client, article):
    eli = a_person("eli", "editors")
    client.force_login(eli)
    other = a_ready_clip(title="A yard at noon", slug="yard")
    body = f'<p>Not saved<script>bad()</script></p><figure data-clip="{other.public_id}"></figure>'
    words_kept(article, eli, headline="A new headline", body=body)

    html = beside(client, article)

    assert ("A new headline" in html, "Not saved" in html) == (True, True)
    assert ("A yard at noon" in html, "bad()" in html) == (True, False)
    article.refresh_from_db()
    assert (article.headline, article.clips.count()) == ("Cells in the dark", 1)


def test_nobody_sees_there_what_somebody_else_is_writing(client, article):
    words_kept(article, a_person("ina", "editors"), headline="Not yours")
    client.force_login(a_person("eli", "editors"))

    assert "Not yours" not in beside(client, article)
    assert "Cells in the dark" in beside(client, article, tab="")


# At the desk --------------------------------------------------------------------------------


def desk(article):
    return f"/admin/articles/article/{article.pk}/previews/"


def test_an_editor_makes_a_link_sees_its_looks_and_takes_it_back(client, editor, article):
    editor.post(desk(article), {"recipient": "Omar Ali", "days": 2})
    link = article.preview_links.get()
    previewing.note_visit(link)

    page = editor.get(desk(article)).content.decode()
    assert (previewing.address_of(link) in page, "Opened 1 time, last" in page) == (True, True)
    assert "by eli" in page

    said = editor.post(desk(article), {"revoke": link.public_id}, follow=True).content.decode()
    assert "the link for Omar Ali shows nothing any more" in said
    assert previewing.address_of(link) not in said


def test_what_is_wrong_with_a_link_is_said_and_what_was_typed_is_kept(editor, article):
    page = editor.post(desk(article), {"recipient": "Omar Ali", "days": 90}).content.decode()

    assert ("less than or equal to 30" in page, 'value="Omar Ali"' in page) == (True, True)
    assert article.preview_links.count() == 0


def test_who_may_not_write_makes_no_links(client, article):
    client.force_login(a_person("ada", "archivists"))

    assert client.post(desk(article), {"recipient": "Omar", "days": 2}).status_code == 403
    assert article.preview_links.count() == 0


def test_the_list_of_links_costs_the_same_for_one_and_for_three(
    editor, article, django_assert_num_queries
):
    def cost():
        with django_assert_num_queries(8):
            editor.get(desk(article))

    for _ in range(2):
        previewing.note_visit(previewing.make_link(article, recipient="Omar", days=2, by=None))
        cost()
