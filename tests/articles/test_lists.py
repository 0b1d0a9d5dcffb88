"""Lists: whole, paged, at the same cost with many stories, drawn again only where they change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import lists, placement, publishing, writing
from articles.models import Article, Author, Byline, Correction, PublicPage, Topic
from tests.articles.public import finish_jobs, page, public_files
from tests.articles.test_placement import identities, written_again
from tests.articles.test_reading import a_full_story, queries_of
from tests.factories import a_draft, a_ready_clip, an_article

pytestmark = pytest.mark.django_db


def many_stories(count, **fields):
    """Published stories, the oldest first; their own pages are not placed."""
    start = timezone.now() - timedelta(days=400)
    return Article.objects.bulk_create(
        Article(
            slug=f"number-{number}",
            headline=f"Number {number}.",
            body="<p>Text.</p>",
            status=Article.Status.PUBLISHED,
            published_at=start + timedelta(minutes=number),
            **fields,
        )
        for number in range(count)
    )


def published(*clips, topics=(), authors=(), **fields):
    article = a_draft(*clips, **fields)
    article.topics.set(topics)
    for author in authors:
        Byline.objects.create(article=article, author=author)
    return publishing.publish(article, by=None)


def shown_on(*names):
    """The numbers of the stories on each of these pages, as they stand there."""
    return [
        [int(text.split(".")[0]) for text in page(name).split(">Number ")[1:]] for name in names
    ]


def below(folder):
    return [name for name in public_files() if name.startswith(folder)]


@pytest.mark.parametrize("count", [0, 1, 29, 30, 59, 60, 61, 90, 1000])
def test_runs_hold_every_story_once_and_in_order(count):
    ids = list(range(count, 0, -1))

    runs = lists.runs(ids, 30)

    assert [key for run in runs for key in run.ids] == ids
    assert [run.number for run in runs] == [0, *range(len(runs) - 1, 0, -1)]
    assert all(len(run.ids) == 30 for run in runs[1:])


@pytest.mark.parametrize("count", [29, 59, 60, 89, 500])
def test_a_new_story_changes_the_newest_run_alone(count):
    before = lists.runs(range(count, 0, -1), 30)
    after = lists.runs(range(count + 1, 0, -1), 30)

    old, new = ({run.number: run.ids for run in runs if run.number} for runs in (before, after))
    assert {number: ids for number, ids in new.items() if number in old} == old
    assert len(new) - len(old) in (0, 1)


def test_each_run_leads_to_the_next():
    runs = lists.runs(range(100, 0, -1), 30)

    assert [(run.newer, run.number, run.older) for run in runs] == [
        (None, 0, 2),
        (0, 2, 1),
        (2, 1, None),
    ]


def test_the_archive_holds_every_story_and_leads_through_its_pages():
    many_stories(100)

    placement.age_lists()

    names = ["archive/index.html", "archive/page/2/index.html", "archive/page/1/index.html"]
    numbers = shown_on(*names)
    assert [number for page_numbers in numbers for number in page_numbers] == list(
        range(99, -1, -1)
    )
    assert 'rel="next" href="/archive/page/2/"' in page(names[0])
    assert 'rel="prev" href="/archive/"' in page(names[1])
    assert 'rel="next" href="/archive/page/1/"' in page(names[1])
    assert 'rel="next"' not in page(names[2])


def test_a_new_story_leaves_the_older_pages_of_the_archive_as_they_are():
    many_stories(100)
    placement.age_lists()
    before = identities()

    published()

    pages = [name for name in written_again(before) if name.startswith("archive/")]
    assert pages == ["archive/index.html"]


def test_a_correction_of_an_old_story_draws_the_one_page_of_the_archive_that_shows_it():
    old = many_stories(100)[35]
    placement.age_lists()
    before = identities()
    old.headline = "Number 35. Corrected"
    old.save()

    writing.saved(old, by=None)

    changed = written_again(before)
    assert [name for name in changed if not name.startswith("stories/")] == [
        "archive/page/2/index.html"
    ]


def test_a_story_that_leaves_is_on_no_page_of_a_list_and_nothing_is_lost():
    stories = many_stories(100)
    placement.age_lists()

    publishing.withdraw(stories[5], by=None, reason="Danger.")

    numbers = sorted(n for shown in shown_on(*below("archive/")) for n in shown)
    assert numbers == [n for n in range(100) if n != 5]


def test_publishing_costs_the_same_with_few_stories_and_with_many():
    def cost():
        article = a_draft()
        return queries_of(lambda: publishing.publish(article, by=None))

    a_full_story(clips=1)
    placement.age_lists()
    few = cost()
    for _ in range(3):
        a_full_story(clips=2)
    many_stories(20)
    placement.age_lists()

    assert cost() == few


@pytest.mark.parametrize("name", ["index.html", "feeds/videos.rss", "sitemap.xml"])
def test_drawing_a_list_costs_the_same_for_one_story_and_for_three(name):
    def cost():
        [file] = [f for family in lists.every_family() for f in family.files if f.path == name]
        return queries_of(lambda: file.draw(lists.read([file])[file.path]))

    a_full_story(clips=2)
    one = cost()
    a_full_story(clips=1)
    a_full_story(clips=3)

    assert cost() == one <= 12


# Topics and authors -------------------------------------------------------------------------------


@pytest.fixture
def mosul():
    return Topic.objects.create(name="Mosul", slug="mosul")


@pytest.fixture
def dana():
    return Author.objects.create(name="Dana Reporter", slug="dana")


def test_topics_and_authors_have_pages_that_the_story_links_to(client, mosul, dana):
    article = published(topics=[mosul], authors=[dana], headline="The cells")

    html = page(f"stories/{article.slug}/index.html")

    for address in ("/topics/mosul/", "/authors/dana/"):
        assert f'href="{address}"' in html
        answer = client.get(address)
        assert answer.status_code == 200
        assert "The cells" in answer.content.decode()


def test_a_topic_of_drafts_alone_is_nowhere(client, mosul, dana):
    draft = a_draft()
    draft.topics.add(mosul)
    Byline.objects.create(article=draft, author=dana)

    placement.place_everything()

    assert [client.get(a).status_code for a in ("/topics/mosul/", "/authors/dana/")] == [404, 404]
    assert [*below("topics/"), *below("authors/")] == []


def test_the_last_story_of_a_topic_takes_its_page_with_it(mosul, dana):
    article = published(topics=[mosul], authors=[dana])

    publishing.withdraw(article, by=None, reason="Danger.")

    assert [*below("topics/"), *below("authors/")] == []


def test_a_topic_that_a_story_no_longer_has_does_not_show_it(mosul):
    article, kept = published(topics=[mosul]), published(topics=[mosul])
    article.topics.clear()

    writing.saved(article, by=None)

    html = page("topics/mosul/index.html")
    assert (kept.slug in html, article.slug in html) == (True, False)


def test_a_topic_under_a_new_address_leaves_nothing_at_its_old_one(mosul):
    article = published(topics=[mosul])
    Topic.objects.update(slug="nineveh")

    placement.refresh_now(article)

    assert below("topics/") == ["topics/nineveh/index.html"]


def test_another_name_is_seen_on_every_page_that_shows_it(admin_client, mosul, dana):
    article = published(topics=[mosul], authors=[dana])
    for model, pk, name in (("topic", mosul.pk, "Nineveh"), ("author", dana.pk, "Dana Writer")):
        data = {"name": name, "slug": name.lower().replace(" ", "-")}
        admin_client.post(f"/admin/articles/{model}/{pk}/change/", data)

    finish_jobs()

    html = page(f"stories/{article.slug}/index.html")
    assert ("Nineveh" in html, "Dana Writer" in html) == (True, True)
    assert [*below("authors/"), *below("topics/")] == [
        "authors/dana-writer/index.html",
        "topics/nineveh/index.html",
    ]


def test_a_topic_without_stories_may_have_another_name(admin_client, mosul):
    data = {"name": "Nineveh", "slug": "nineveh"}

    answer = admin_client.post(f"/admin/articles/topic/{mosul.pk}/change/", data)

    assert answer.status_code == 302
    assert below("topics/") == []


def test_a_story_of_another_topic_leaves_a_topics_page_as_it_is(mosul, dana):
    other = Topic.objects.create(name="Iraq", slug="iraq")
    published(topics=[mosul], authors=[dana])
    before = identities()

    published(topics=[other])

    changed = written_again(before)
    assert [name for name in changed if name.startswith(("topics/", "authors/"))] == [
        "topics/iraq/index.html"
    ]


def test_a_page_of_stories_in_one_language_speaks_it(mosul):
    arabic = Topic.objects.create(name="الموصل", slug="mosul-ar")
    published(topics=[arabic], language="ar")
    published(topics=[mosul])

    pages = [page(f"topics/{slug}/index.html") for slug in ("mosul-ar", "mosul")]

    assert ['<html lang="ar" dir="rtl">' in pages[0], '<html lang="en" dir="ltr">' in pages[1]] == [
        True,
        True,
    ]
    assert "موضوع" in pages[0]


# Corrections, news, sitemaps ---------------------------------------------------------------------


def test_every_correction_of_a_public_story_is_listed_and_leaves_with_it():
    article, draft = published(headline="The cells"), a_draft(headline="Not yet")
    for story in (article, draft):
        Correction.objects.create(article=story, text=f"{story.headline} was wrong.")
    writing.saved(article, by=None)

    listed = page("corrections/index.html")
    publishing.withdraw(article, by=None, reason="Danger.")

    assert ("The cells was wrong." in listed, "Not yet" in listed) == (True, False)
    assert listed.count("data-correction") == 1
    assert "The cells" not in page("corrections/index.html")


def test_news_is_news_for_two_days_and_then_leaves_by_itself():
    article = published()
    fresh = page("sitemap-news.xml")
    before = identities()
    Article.objects.update(published_at=timezone.now() - lists.NEWS_AGE - timedelta(seconds=1))

    placement.age_lists()

    assert (article.slug in fresh, article.slug in page("sitemap-news.xml")) == (True, False)
    assert written_again(before) == ["sitemap-news.xml"]


def test_time_that_changes_nothing_writes_nothing():
    published(a_ready_clip())
    before = identities()

    placement.age_lists()

    assert written_again(before) == []


def drawn(path):
    """A list file as it would be placed."""
    [file] = [f for family in lists.every_family() for f in family.files if f.path == path]
    return file.draw(lists.read([file])[file.path])


def test_with_many_stories_the_sitemap_is_an_index_of_several_that_hold_them_all():
    many_stories(2 * lists.SITEMAP_STORIES + 1)

    index = drawn("sitemap.xml")

    parts = ["sitemap-new.xml", "sitemap-1.xml"]
    assert [f"/{part}</loc>" in index for part in parts] == [True, True]
    found = [text.split("/")[0] for part in parts for text in drawn(part).split("/stories/")[1:]]
    assert sorted(found) == sorted(Article.objects.values_list("slug", flat=True))


def test_a_page_that_several_stories_left_is_gone():
    stories = many_stories(61)
    placement.age_lists()
    assert "archive/page/1/index.html" in public_files()

    for story in stories[:2]:
        publishing.withdraw(story, by=None, reason="Danger.")

    assert "archive/page/1/index.html" not in public_files()
    assert not PublicPage.objects.below("archive/page/").exists()


def test_a_list_never_shows_a_story_that_went_away_before_it_was_drawn():
    article = an_article(headline="The cells")
    [file] = [f for family in lists.every_family() for f in family.files if f.path == "index.html"]
    Article.objects.filter(pk=article.pk).update(status=Article.Status.DRAFT)

    assert "The cells" not in file.draw(lists.read([file])[file.path])
