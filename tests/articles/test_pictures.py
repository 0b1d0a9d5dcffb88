"""Pictures in the text of a story: written, kept, compared, shown, found, told, and taken back."""

import json
from io import BytesIO

import feedparser
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db.models import ProtectedError
from django.urls import reverse
from PIL import Image

from articles import (
    clearance,
    drafting,
    keeping,
    lists,
    merging,
    page_leaks,
    pages,
    placement,
    previewing,
    publishing,
    story_data,
    structured_data,
    writing,
)
from articles.core.body import clean_body, plain_text, word_count
from articles.core.compare import State, body_rows, summary
from articles.core.merge import Outcome, merge
from articles.core.snapshots import Snapshot
from articles.filing import Drawn
from articles.models import Article
from articles.reading import read_story
from articles.story_cards import read_cards
from media import stores
from media.core import pictures
from media.errors import LeakFound
from media.models import Picture
from tests.articles.desk import page_of, written
from tests.articles.finding import in_the_story, indexed
from tests.articles.public import media_files, page, public_files, story_files
from tests.articles.test_pages import BASE
from tests.articles.test_reading import queries_of
from tests.articles.test_story_data import refusals
from tests.factories import (
    a_clip,
    a_draft,
    a_figure,
    a_person,
    a_picture,
    a_playable_clip,
    a_ready_clip,
    an_article,
)

pytestmark = pytest.mark.django_db

FEEDS = ("feeds/stories.atom", "feeds/stories.rss")
ID, OTHER = "abcdef012345", "zyxwvu543210"


def forms_of(picture):
    return sorted(f"media/{picture.public_id}/{n}" for n in picture.forms[0]["names"].values())


def with_figures(*figures, make=a_draft, **fields):
    """A story with these figures between its paragraphs."""
    text = "".join(f"{figure}<p>And on.</p>" for figure in figures)
    article = make(body=f"<p>The pictures are hurried.</p>{text}", **fields)
    writing.place_figures(article)
    return article


def told_in_public(picture, **words):
    return with_figures(a_figure(picture, **words), make=an_article)


@pytest.fixture
def editor(client):
    client.force_login(a_person("eli", "editors"))
    return client


# In the body -------------------------------------------------------------------------------------


def figure(picture_id=ID, words=""):
    return f'<figure data-picture="{picture_id}"{words}></figure>'


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        (figure(words=' data-alt="A &lt;gate&gt; &amp; a wall" data-caption=" By\nnight "'), None),
        (
            figure(words=' data-decorative="" data-alt="never read"'),
            figure(words=' data-decorative=""'),
        ),
        (figure("../../etc"), ""),
        (f'<figure data-picture="{ID}" onclick="x()" style="a"><img src="x"></figure>', figure()),
        (f"<p>One{figure()}two</p>", f"<p>One</p>{figure()}<p>two</p>"),
        (f"<ul><li>One{figure()}</li></ul>", f"<ul><li>One</li></ul>{figure()}"),
    ],
)
def test_a_picture_stands_alone_and_with_nothing_but_its_words(html, clean):
    wanted = figure(words=' data-alt="A &lt;gate&gt; &amp; a wall" data-caption="By night"')

    assert clean_body(html) == (wanted if clean is None else clean)
    assert clean_body(clean_body(html)) == clean_body(html)


def test_its_words_are_not_counted_as_words_of_the_text():
    html = "<p>They came.</p>" + figure(words=' data-alt="A gate of iron."')

    assert (plain_text(html), word_count(html)) == ("They came.", 2)


def body(words, picture_id=ID, more=""):
    return Snapshot({"body": f"<p>They came.</p>{figure(picture_id, words)}{more}"})


def test_a_change_of_its_words_is_compared_word_by_word():
    before, after = body(' data-alt="A gate of iron."'), body(' data-alt="A gate of wood."')

    [_, row] = body_rows(before, after)

    assert (row.label, row.state) == ("Picture", State.CHANGED)
    came_and_went = [(piece.state, piece.html) for piece in row.pieces[1:3]]
    assert came_and_went == [(State.GONE, "iron"), (State.NEW, "wood")]
    assert summary(before, after) == "text"


def test_one_picture_in_the_place_of_another_is_one_gone_and_one_new():
    rows = body_rows(body(' data-alt="A gate."'), body(' data-alt="A gate."', OTHER))

    assert [row.state for row in rows] == [State.SAME, State.NEW, State.GONE]


def test_two_who_change_one_picture_choose_and_two_who_change_others_do_not():
    before = body(' data-alt="A gate."')
    theirs = body(' data-alt="A gate of iron, shut."')
    yours = body(' data-caption="The gate of the mill"', more="<p>They left.</p>")

    both_changed = merge(before, theirs, yours)
    apart = merge(before, theirs, body(' data-alt="A gate."', more="<p>They left.</p>"))

    assert [part.theirs[0] for part in both_changed.conflicts] == [
        figure(words=' data-alt="A gate of iron, shut."')
    ]
    assert [part.outcome for part in apart.parts if part.is_text][-1] == Outcome.YOURS
    resolved = apart.resolved({}).body
    assert resolved == theirs.body + "<p>They left.</p>"


# Written and kept --------------------------------------------------------------------------------


def test_saving_a_story_says_which_pictures_stand_in_it_and_where(editor):
    first, second, clip = a_picture(), a_picture(), a_clip()
    text = a_figure(second, caption="At night") + f'<figure data-clip="{clip.public_id}"></figure>'
    text += a_figure(first, alt="", is_decorative=True) + a_figure(second, caption="Again")

    editor.post(reverse("admin:articles_article_add"), written(body=f"<p>A</p>{text}"))

    article = Article.objects.get()
    assert list(
        article.illustrations.values_list("picture", "position", "caption", "is_decorative")
    ) == [
        (second.pk, 0, "At night", False),
        (first.pk, 2, "", True),
    ]
    assert article.embeds.get().position == 1


def test_a_picture_that_does_not_exist_is_refused_and_what_was_written_is_kept(editor):
    text = f"<p>Before</p>{figure()}"

    answer = editor.post(reverse("admin:articles_article_add"), written(body=text))

    form = answer.context["adminform"].form
    assert "pictures that do not exist" in form.errors["body"][0]
    assert form["body"].value() == text


def test_a_picture_in_use_cannot_be_deleted():
    picture = a_picture()
    with_figures(a_figure(picture))

    with pytest.raises(ProtectedError):
        picture.delete()


def test_a_draft_keeps_a_picture_with_its_words_and_offers_it_back(editor):
    picture, article = a_picture(), a_draft(slug="hidden-cells", body="<p>A</p>")
    text = f"<p>A</p>{a_figure(picture, caption='By night')}"
    editor.post(page_of(article, "keep"), written(body=text, tab="one", began_from="1"))
    [draft] = drafting.offered(User.objects.get(username="eli"), article)

    form = editor.get(page_of(article), {"draft": draft.pk}).context["adminform"].form

    assert form["body"].value() == text
    [card] = json.loads(form.fields["body"].widget.attrs["data-pictures"])
    assert (card["id"], card["name"]) == (picture.public_id, "IMG_2041.jpg")
    assert editor.get(card["src"]).status_code == 200


def test_an_older_revision_brings_its_picture_back():
    picture = a_picture()
    article = with_figures(a_figure(picture, caption="By night"))
    keeping.keep(article, by=None)
    body_before, article.body = article.body, "<p>Without.</p>"
    article.save()
    writing.settle(article, by=None)

    merging.restore(article, 1, by=None, began_from=2)

    article.refresh_from_db()
    assert article.body == body_before
    assert [one.picture for one in article.illustrations.all()] == [picture]


# Handed in ---------------------------------------------------------------------------------------


def a_file(name="gate.png"):
    file = BytesIO()
    Image.new("RGB", (30, 20), "teal").save(file, "PNG")
    file.seek(0)
    file.name = name
    return file


def test_a_picture_is_handed_in_where_a_story_is_written(client):
    client.force_login(a_person("wes", "writers"))
    address = reverse("admin:articles_article_pictures")

    answer = client.post(address, {"picture": a_file()}).json()["picture"]
    again = client.get(address, {"id": answer["id"]}).json()["pictures"]

    picture = Picture.objects.get()
    assert (answer["id"], answer["name"], answer["size"]) == (
        picture.public_id,
        "gate.png",
        "30 × 20",
    )
    assert (picture.received_by.username, again) == ("wes", [answer])
    assert client.get(answer["src"])["Content-Type"] == "image/jpeg"
    picture.metadata = [{"place": "picture", "name": "GPS position", "value": "36.3568, 43.1640"}]
    picture.save()
    hidden = client.get(reverse("admin:media_picture_change", args=[picture.pk]))
    client.force_login(a_person("eli", "editors"))
    desk = client.get(reverse("admin:media_picture_change", args=[picture.pk])).content.decode()
    assert (picture.sha256 in desk, "No story." in desk) == (True, True)
    # What its file says could lead to somebody: whoever only writes does not read it.
    assert ("<p>place: 36.3568, 43.1640</p>" in desk, hidden.status_code) == (True, 403)


def test_what_is_no_picture_gets_one_sentence_at_the_desk(editor):
    file = BytesIO(b"<svg><script>alert(1)</script></svg>")
    file.name = "../../x.svg"

    answer = editor.post(reverse("admin:articles_article_pictures"), {"picture": file})
    empty = editor.post(reverse("admin:articles_article_pictures"))

    assert (answer.status_code, answer.json()) == (400, {"sentence": pictures.REASONS["svg"]})
    assert empty.json() == {"sentence": "Choose a picture file."}


def test_who_may_not_write_hands_in_no_picture(client):
    client.force_login(a_person("ada", "archivists"))

    answer = client.post(reverse("admin:articles_article_pictures"), {"picture": a_file()})

    assert (answer.status_code, Picture.objects.count()) == (403, 0)


# Cleared -----------------------------------------------------------------------------------------


def red(article):
    return [(check.reason, check.url) for check in clearance.checks(article) if check.stops]


def test_a_picture_without_a_description_is_red_and_leads_to_it():
    bare, decorative, described = a_picture(original_name="gate.jpg"), a_picture(), a_picture()
    article = with_figures(
        a_figure(bare, alt=""),
        a_figure(decorative, alt="", is_decorative=True),
        a_figure(described),
    )

    [(reason, url)] = red(article)

    assert reason.startswith(
        "The picture “gate.jpg” has no description for those who cannot see it"
    )
    assert url == f"{page_of(article)}#picture-{bare.public_id}"
    with pytest.raises(clearance.NotCleared, match="no description"):
        publishing.publish(article, by=None)


def test_dates_in_a_caption_are_read_with_care():
    article = with_figures(a_figure(a_picture(), caption="The mill on 31 April 2015"))

    assert [reason for reason, _url in red(article)] == ["There is no 31 April 2015."]


# Read --------------------------------------------------------------------------------------------


def test_readers_get_a_figure_whose_place_is_kept_before_it_comes():
    picture = a_picture()
    html = pages.draw_story(
        pages.public_story(told_in_public(picture, caption="At <night>", credit="Heron"))
    )

    names = picture.forms[0]["names"]
    assert f'<img src="/media/{picture.public_id}/{names["jpg"]}" width="24" height="18"' in html
    assert 'alt="A gate of iron." decoding="async" loading="lazy">' in html
    assert f'type="image/avif" srcset="/media/{picture.public_id}/{names["avif"]} 24w"' in html
    assert "<p>At &lt;night&gt;</p>" in html and "Picture: <bdi>Heron</bdi>" in html
    assert "IMG_2041" not in html


def test_reading_a_story_costs_the_same_for_one_picture_and_for_three():
    one = with_figures(a_figure(a_picture()), make=an_article)
    three = with_figures(*(a_figure(a_picture()) for _ in range(3)), make=an_article)
    actions = (
        pages.public_story,
        read_story,
        keeping.snapshot_of,
        clearance.checks,
        lambda story: page_leaks.marks_of_story(story, pages.public_story(story)),
        lambda story: read_cards(Article.objects.filter(pk=story.pk).for_lists()),
        lists_of,
    )

    for action in actions:
        costs = [queries_of(lambda story=story, do=action: do(story)) for story in (one, three)]
        assert costs[0] == costs[1]


def lists_of(article):
    files = [file for family in lists.families_alone(article) for file in family.files]
    return lists.read(files, among=Article.objects.filter(pk=article.pk))


def test_thirty_pictures_leave_the_page_far_below_its_forty_kilobytes():
    long = "They came in the morning and asked for the men of the house. " * 3
    figures = [a_figure(a_picture(), alt=long, caption=long, credit="Heron") for _ in range(30)]
    publishing.publish(with_figures(*figures, slug="cells"), by=None)

    assert len(stores.read_public("stories/cells/index.html.gz") or b"") in range(1000, 40_000)


# Told --------------------------------------------------------------------------------------------


def test_machines_are_told_of_it_everywhere():
    picture = a_picture()
    article = told_in_public(picture, caption="At night", credit="Heron")
    article.body += a_figure(a_picture(), alt="", is_decorative=True)
    article.save()
    writing.place_figures(article)
    story = pages.public_story(article)
    url = f"{BASE}/media/{picture.public_id}/{picture.forms[0]['names']['jpg']}"

    [image] = structured_data.news_article(story)["image"]
    data = json.loads(story_data.draw_json(story))
    [told, _decorative] = json.loads(story_data.draw_ninjs(story))["associations"]

    assert (image["url"], image["caption"], image["creditText"]) == (url, "At night", "Heron")
    assert [block["kind"] for block in data["body"]] == ["text", "picture", "text", "picture"]
    assert (data["pictures"][0]["url"], data["pictures"][0]["alt"]) == (url, "A gate of iron.")
    assert refusals(json.loads(story_data.draw_ninjs(story))) == []
    assert (told["type"], told["renditions"][0]["href"]) == ("picture", url)
    html = json.loads(story_data.draw_ninjs(story))["bodies"][0]["value"]
    assert f'<img src="{url}" width="24" height="18" alt="A gate of iron.">' in html
    for path in FEEDS:
        [entry] = feedparser.parse(feed(path)).entries
        assert [(one["url"], one["medium"]) for one in entry.media_content] == [(url, "image")]


def test_a_picture_that_is_warned_of_is_shown_to_nobody_unasked():
    words = {"caption": "The yard", "warning": "A man lies dead."}
    story = pages.public_story(told_in_public(a_picture(), **words))
    html = pages.draw_story(story)
    ninjs = json.loads(story_data.draw_ninjs(story))

    gate = html.partition('<details class="gate" data-warning>')[2].partition("</details>")[0]
    assert "A man lies dead." in gate.partition("</summary>")[0]
    assert (html.count("<picture>"), gate.count("<picture>")) == (1, 1)
    assert '<meta name="robots" content="max-image-preview:none' in html
    assert structured_data.story_pictures(story) == [structured_data.card()]
    assert [card.picture for card in read_cards(Article.objects.for_lists())] == [None]
    assert [feedparser.parse(feed(path)).entries[0].get("media_content") for path in FEEDS] == [
        None
    ] * 2
    assert "<img" not in ninjs["bodies"][0]["value"]
    assert {"role": "warning", "value": "A man lies dead."} in ninjs["associations"][0][
        "descriptions"
    ]
    assert refusals(ninjs) == []
    assert json.loads(story_data.draw_json(story))["pictures"][0]["warning"] == "A man lies dead."


def feed(path):
    [file] = [f for family in lists.every_family() for f in family.files if f.path == path]
    return file.draw(lists.read([file])[file.path])


def test_the_first_picture_or_clip_of_the_text_stands_for_the_story():
    clip, picture = a_playable_clip(), a_picture()
    of_clip, of_picture = f'<figure data-clip="{clip.public_id}"></figure>', a_figure(picture)
    sooner = with_figures(of_picture, of_clip, make=an_article)
    later = with_figures(of_clip, of_picture, make=an_article)

    shown = [card.picture.url for card in read_cards(Article.objects.for_lists().order_by("pk"))]
    told = [
        structured_data.story_picture(pages.public_story(story).figures).url
        for story in (sooner, later)
    ]

    assert [picture.public_id in url for url in shown] == [True, False]
    assert [picture.public_id in url for url in told] == [True, False]


def test_what_is_said_of_a_picture_is_found():
    article = indexed(
        told_in_public(a_picture(), caption="The lamps of the harbour", credit="Heron")
    )

    assert in_the_story(article, "harbour lamps") == ["The [lamps] of the [harbour]"]
    assert in_the_story(article, "iron") == ["A gate of [iron]."]


# Placed and taken back ---------------------------------------------------------------------------


def test_publishing_places_a_picture_and_withdrawing_takes_it_away():
    picture = a_picture()
    article = publishing.publish(with_figures(a_figure(picture)), by=None)
    placed = public_files()

    publishing.withdraw(article, by=None, reason="It shows a face.")

    assert set(placed) >= {*forms_of(picture), *story_files(article)}
    assert [name for name in public_files() if name.startswith("media/")] == []


def test_a_picture_stays_while_another_story_shows_it_and_goes_when_none_does():
    picture, other = a_picture(), a_picture()
    first = publishing.publish(with_figures(a_figure(picture), a_figure(other)), by=None)
    second = publishing.publish(with_figures(a_figure(picture, caption="صورة")), by=None)

    publishing.withdraw(first, by=None, reason="It shows a face.")
    shared = [name for name in public_files() if name.startswith("media/")]
    second.body = "<p>Without a picture.</p>"
    second.save()
    writing.saved(second, by=None)

    assert shared == forms_of(picture)
    assert [name for name in public_files() if name.startswith("media/")] == []
    assert picture.public_id not in page(f"{second.path}/index.html")


def test_everything_public_is_scanned_for_what_its_original_says(capsys):
    picture = a_picture(metadata=[{"place": "picture", "name": "Artist", "value": "Jane Example"}])
    publishing.publish(with_figures(a_figure(picture)), by=None)
    call_command("leaks")
    name = forms_of(picture)[0]
    stores.place_file(name, (stores.read_public(name) or b"") + b"Jane Example")

    with pytest.raises(CommandError, match="1 of"):
        call_command("leaks")

    assert name in capsys.readouterr().out


def test_a_page_that_tells_what_only_a_pictures_file_says_is_held_back():
    position = {"place": "picture", "name": "position", "value": "36.3568, 43.1640"}
    picture = a_picture(metadata=[position], original_name="mill-wheel.jpg")
    article = with_figures(a_figure(picture, caption="The wheel, as in mill-wheel.jpg"))

    # What an editor wrote is no leak.
    placement.rehearse(article)
    marks = page_leaks.marks_of_story(article, pages.public_story(article))
    with pytest.raises(LeakFound):
        page_leaks.check([Drawn("a.html", b"at 36.35681 north", [article])], marks)


def test_a_preview_shows_its_pictures_and_no_others(client):
    picture, other = a_picture(), a_picture()
    article = with_figures(a_figure(picture, caption="By night"))
    key = previewing.key_of(previewing.make_link(article, recipient="Omar", days=1, by=None))
    name = picture.forms[0]["names"]["jpg"]

    html = client.get(reverse("preview", args=[key]), {"open": ""}).content.decode()
    shown = client.get(reverse("preview_file", args=[key, picture.public_id, name]))
    unknown = reverse("preview_file", args=[key, other.public_id, other.forms[0]["names"]["jpg"]])

    assert reverse("preview_file", args=[key, picture.public_id, name]) in html
    assert (shown.status_code, client.get(unknown).status_code) == (200, 404)


def test_words_that_are_still_being_written_are_previewed_with_their_picture(editor):
    picture, article = a_picture(), a_draft(slug="hidden-cells")
    text = a_figure(picture, caption="By night")
    editor.post(page_of(article, "keep"), written(body=text, tab="one", began_from="1"))

    html = editor.get(page_of(article, "preview"), {"tab": "one"}).content.decode()

    assert "By night" in html and f"/{picture.public_id}/" in html


def test_a_story_with_a_clip_and_a_picture_has_both_in_public():
    clip, picture = a_ready_clip(), a_picture()
    article = a_draft(clip)
    article.body += a_figure(picture)
    article.save()
    writing.place_figures(article)

    publishing.publish(article, by=None)

    media = {name for name in public_files() if name.startswith(("media/", "embed/"))}
    assert media == {*media_files(clip), *forms_of(picture)}
