"""Importing: from a file's text to a draft at an address."""

import pytest

from articles import importing
from articles.models import Article, Author
from tests.factories import an_article

pytestmark = pytest.mark.django_db

STORY = "Mosul's hidden cells\n\nThey film what they do.\n\nThe pictures are hurried.\n"


def imported(text=STORY, **options):
    return importing.import_story(text.encode(), **options)


def test_a_file_becomes_a_draft_that_nobody_sees():
    article = imported()

    assert (article.slug, article.headline) == ("mosuls-hidden-cells", "Mosul's hidden cells")
    assert (article.status, article.published_at) == (Article.Status.DRAFT, None)
    assert "<p>The pictures are hurried.</p>" in article.body
    assert list(Article.objects.published()) == []


def test_a_wanted_address_is_taken():
    assert imported(slug="cells").slug == "cells"


def test_an_address_that_is_taken_is_refused_in_a_sentence():
    there = an_article(slug="cells")

    with pytest.raises(importing.ImportRefused) as refusal:
        imported(slug="cells")

    assert str(refusal.value) == (
        "There is a story at /stories/cells/ already: choose another address."
    )
    assert list(Article.objects.all()) == [there]


@pytest.mark.parametrize("slug", ["Two Words", "UPPER", "../x", "-", "خلايا", "x" * 81, "a/b"])
def test_an_address_that_cannot_be_one_is_refused_in_a_sentence(slug):
    with pytest.raises(importing.ImportRefused) as refusal:
        imported(slug=slug)

    assert str(refusal.value) == (
        f"“{slug}” cannot be an address: write small letters, digits and hyphens."
    )
    assert list(Article.objects.all()) == []


def test_the_same_headline_twice_gets_two_addresses():
    first, second = imported(), imported()

    assert first.slug == "mosuls-hidden-cells"
    assert second.slug.startswith("mosuls-hidden-cells-")


def test_an_arabic_headline_gets_an_address_that_can_be_typed():
    article = imported("خلايا الموصل السرية\n\nإنهم يصورون ما يفعلون.\n")

    assert article.language == "ar"
    assert article.slug.isascii() and article.slug.isalnum()
    assert article.get_absolute_url() == f"/stories/{article.slug}/"


def test_a_long_headline_gets_an_address_that_fits():
    first, second = (imported("word " * 39 + "\n\nThe story of it.\n") for _ in range(2))

    assert len(first.slug) <= 80 >= len(second.slug)
    assert first.slug != second.slug


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "word " * 45 + "\n\nThe story of it.\n",
            "The headline has 224 characters, more than the 200 that it may have: shorten it in "
            "the file.",
        ),
        (
            f"Headline\n\nByline: {'Ann ' * 40}\n\nThe story of it.\n",
            "The byline has 159 characters, more than the 120 that it may have: shorten it in the "
            "file.",
        ),
    ],
)
def test_what_is_longer_than_a_story_may_hold_is_refused_and_not_cut(text, sentence):
    with pytest.raises(importing.ImportRefused) as refusal:
        imported(text)

    assert str(refusal.value) == sentence
    assert list(Article.objects.all()) == []


@pytest.mark.parametrize("data", [b"", b"\n \n", b"Only a headline", b"\0\1\2\3" * 99])
def test_a_file_without_a_story_is_refused_in_one_sentence(data):
    with pytest.raises(importing.ImportRefused) as refusal:
        importing.import_story(data)

    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)
    assert list(Article.objects.all()) == []


def test_an_author_who_is_known_is_not_made_twice():
    text = "Headline {}\n\nBy Ann Example\n\nThe story of it.\n"

    stories = [imported(text.format(number)) for number in (1, 2)]

    authors = [[byline.author.name for byline in story.bylines.all()] for story in stories]
    assert authors == [["Ann Example"], ["Ann Example"]]
    assert list(Author.objects.values_list("name", "slug")) == [("Ann Example", "ann-example")]


def test_two_authors_whose_names_look_alike_in_an_address_have_two():
    Author.objects.create(name="Ann, Example", slug="ann-example")

    imported("Headline\n\nBy Ann Example\n\nThe story of it.\n")

    slugs = set(Author.objects.values_list("slug", flat=True))
    assert (len(slugs), "ann-example" in slugs) == (2, True)
