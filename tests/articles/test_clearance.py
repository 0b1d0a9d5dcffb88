"""Clearance: the checks between a story and its public, and who may pass over which."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import clearance, publishing
from articles.models import Act, Article, Topic
from media.errors import NotCleared
from media.models import Footage, Transcript
from tests.factories import (
    a_clip,
    a_draft,
    a_figure,
    a_footage,
    a_package,
    a_person,
    a_picture,
    a_ready_clip,
    a_transcript,
    an_article,
)

pytestmark = pytest.mark.django_db

LONG = "word " * 30


def red(article):
    return [check.reason for check in clearance.checks(article) if check.stops]


def key_of(article, name):
    [key] = [check.key for check in clearance.checks(article) if check.name == name]
    return key


def test_a_whole_story_is_green_everywhere():
    article = a_draft(a_ready_clip(title="Fire"))

    checks = clearance.checks(article)

    assert [(check.subject, check.name) for check in checks if check.is_green] == [
        ("Story", "Headline"),
        ("Story", "Headline length"),
        ("Story", "Text"),
        ("Story", "Language"),
        ("Story", "Dates"),
        ("Story", "Names"),
        ("Story", "What search engines are told"),
        ("Clip “Fire”", "encoded and verified"),
        ("Clip “Fire”", "not withdrawn"),
        ("Clip “Fire”", "original and files are whole"),
        ("Clip “Fire”", "consent of the source"),
        ("Clip “Fire”", "rights on the day and for the territory"),
        ("Clip “Fire”", "content warnings decided"),
        ("Clip “Fire”", "captions"),
        ("Clip “Fire”", "leak scan (40 values looked for in 10 files, 0 found)"),
        ("Clip “Fire”", "described for those who cannot see it"),
        ("Clip “Fire”", "title"),
        ("Clip “Fire”", "words in the story's language"),
    ]
    assert len(checks) == 18
    clearance.require(article)


def test_a_red_check_names_the_place_where_it_is_mended():
    clip = a_clip()
    article = a_draft(clip, headline=" ")

    urls = [check.url for check in clearance.checks(article) if not check.is_green]

    story = f"/admin/articles/article/{article.pk}/change/"
    assert urls == [f"{story}#id_headline", clip.get_admin_url()]


@pytest.mark.parametrize("body", ["", "<p> </p>", "<figure data-clip='abcdef012345'></figure>"])
def test_a_story_without_words_is_red(body):
    assert "The story has no text." in red(a_draft(body=body))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (
            {"headline": LONG},
            f"The headline has {len(LONG)} characters, and lists cut it after 110.",
        ),
        (
            {"language": "qqx"},
            "“qqx” is no language that we know: write its tag, like en or ar.",
        ),
        (
            {"standfirst": "On Monday, 3 March 2015."},
            "3 March 2015 was a Tuesday, not a Monday.",
        ),
        (
            {"body": "<p>Said Nujaifi. And that Nujaifi, not Nujafi, said so.</p>"},
            "“Nujaifi” is also written “Nujafi”: is it one name?",
        ),
        (
            {"standfirst": ""},
            "Without a standfirst, search engines, feeds and cards have no description of the "
            "story.",
        ),
        (
            {"body": '<p><a href="/stories/never/">there</a></p>'},
            "These links lead nowhere on this site: /stories/never/.",
        ),
        (
            {"body": '<p><a href="https://example.org/a">there</a></p>'},
            "Nobody has looked whether these links are alive: https://example.org/a.",
        ),
    ],
)
def test_what_is_written_is_read_with_care(fields, reason):
    assert red(a_draft(**fields)) == [reason]


def test_links_to_what_readers_find_are_green():
    public, draft = an_article(slug="public"), a_draft(slug="draft")
    Topic.objects.create(name="Mosul", slug="mosul")
    links = {
        "/stories/public/": True,
        "/stories/own/": True,
        "/topics/mosul/": True,
        "/corrections/": True,
        "/stories/draft/": False,
        "/topics/raqqa/": False,
        "/nowhere/": False,
    }
    body = "".join(f'<p><a href="{href}">{href}</a></p>' for href in links)

    [reason] = red(a_draft(slug="own", body=body))

    assert [href for href, is_there in links.items() if (f"{href}" in reason) == is_there] == []
    assert (public.is_public, draft.is_public) == (True, False)


def test_a_clip_whose_words_are_in_another_language_is_red():
    clip = a_ready_clip(title="Fire")
    a_transcript(clip, language="ar")

    assert red(a_draft(clip)) == [
        "“Fire” has no captions in the story's language (English): add subtitles."
    ]


def test_what_the_story_says_of_its_clip_counts():
    clip = a_ready_clip(title="Fire", alt="")
    article = a_draft(clip)
    before = red(article)
    article.embeds.update(alt="Flames.")

    assert before == ["“Fire” has no description for those who cannot see it: write one."]
    assert red(article) == []


def test_a_clip_that_does_not_exist_is_red():
    article = a_draft(body='<p>Text</p><figure data-clip="doesnotexist"></figure>')

    assert red(article) == [
        "The story names clips that do not exist (doesnotexist): take them out, or insert them "
        "again."
    ]


def test_all_reasons_are_told_at_once():
    clip = a_clip(title="Fire", withdrawn_at=timezone.now())
    article = a_draft(clip, headline="", body=f'<figure data-clip="{clip.public_id}"></figure>')

    with pytest.raises(NotCleared) as refusal:
        clearance.require(article)

    assert str(refusal.value) == (
        "The story has no headline. The story has no text. The clip “Fire” is still being "
        "encoded: wait until it is ready, or take it out. The clip “Fire” was withdrawn: take it "
        "out of the story."
    )


def test_the_list_costs_the_same_for_one_clip_and_for_three(django_assert_num_queries):
    one = a_draft(a_ready_clip())
    three = a_draft(*(a_ready_clip() for _ in range(3)))
    for clip in (*one.clips.all(), *three.clips.all()):
        a_transcript(clip, *(["word"] * 9))

    with django_assert_num_queries(11):
        clearance.checks(one)
    with django_assert_num_queries(11):
        clearance.checks(three)


# Answered for -----------------------------------------------------------------------------------


def test_who_answers_for_a_red_check_stays_on_the_record():
    article = a_draft(headline=LONG)
    key = key_of(article, "Headline length")

    clearance.answer(article, [key], by=a_person("lea"), reason=" A quotation. ")

    [check] = [check for check in clearance.checks(article) if check.key == key]
    act = article.acts.get()
    assert red(article) == []
    assert (check.answer.reason, check.answer.actor) == ("A quotation.", "lea")
    assert (act.kind, act.actor, act.reason) == (Act.Kind.ANSWERED, "lea", "A quotation.")
    assert [told["says"] for told in act.detail["checks"].values()] == [check.reason]


def test_an_answer_counts_for_what_was_there_and_for_nothing_else():
    article = a_draft(headline=LONG)
    clearance.answer(article, ["Headline length"], by=a_person("lea"), reason="A quotation.")
    article.headline = LONG.replace("word", "four")

    asked_again = red(article)
    article.headline = LONG

    assert len(asked_again) == 1
    assert red(article) == []


def test_an_answer_about_a_clip_is_asked_again_when_it_is_cut_anew():
    clip = a_ready_clip(has_no_speech=False)
    article = a_draft(clip)
    key = key_of(article, "captions")
    clearance.answer(article, [key], by=a_person("lea"), reason="Only wind.")
    answered = red(article)

    clip.out_ms = 4000
    clip.save()

    assert (answered, len(red(article))) == ([], 1)


def test_an_answer_without_a_reason_is_none():
    article = a_draft(headline=LONG)

    with pytest.raises(NotCleared, match="Write why"):
        clearance.answer(article, ["Headline length"], by=a_person("lea"), reason=" ")

    assert len(red(article)) == 1


def never_leaking():
    clip = a_clip(title="Fire")
    a_package(clip, scan={"files": 10, "values": 40, "found": 1})
    return a_draft(clip)


def never_consenting():
    return a_draft(a_ready_clip(footage=a_footage(consent=Footage.Consent.WITHDRAWN)))


def never_expiring():
    return a_draft(expires_at=timezone.now() - timedelta(hours=1))


@pytest.mark.parametrize("make", [never_leaking, never_consenting, never_expiring])
def test_some_checks_nobody_may_pass_over(make):
    article = make()
    keys = [check.key for check in clearance.checks(article) if check.stops]

    with pytest.raises(NotCleared, match="the others are mended"):
        clearance.answer(article, keys, by=a_person("lea"), reason="I insist.")

    assert len(red(article)) == 1
    with pytest.raises(NotCleared):
        publishing.publish(article, by=None)


def undecided(**fields):
    footage = a_footage(consent=Footage.Consent.UNKNOWN, rights_holder="")
    nothing = {"alt": "", "needs_no_warning": False, "has_no_speech": False}
    return a_ready_clip(title="Fire", footage=footage, **{**nothing, **fields})


def test_a_person_is_asked_what_nobody_decided():
    with pytest.raises(NotCleared) as refusal:
        publishing.publish(a_draft(undecided()), by=a_person("eli", "editors"))

    assert str(refusal.value) == (
        "The source of “Fire” was not asked for consent yet: ask. "
        "Nobody has said who holds the rights to “Fire”: say so. "
        "Nobody has decided whether readers are to be warned of “Fire”: decide. "
        "“Fire” has sound and no captions: add them, or say that nobody speaks in it. "
        "“Fire” has no description for those who cannot see it: write one."
    )


def test_the_command_line_is_not_asked_and_that_is_written_down():
    article = publishing.publish(a_draft(undecided()), by=None)

    act = article.acts.get(kind=Act.Kind.ANSWERED)
    assert article.is_public
    assert (act.actor, act.reason) == ("command line", clearance.UNASKED)
    assert len(act.detail["checks"]) == 5


def test_the_command_line_does_not_pass_over_what_somebody_said():
    article = a_draft(a_ready_clip(footage=a_footage(consent=Footage.Consent.NONE)))

    with pytest.raises(NotCleared, match="has not given consent"):
        publishing.publish(article, by=None)

    assert Article.objects.get().status == Article.Status.DRAFT


def test_a_scheduled_story_is_not_waved_through_by_the_clock():
    clip = a_ready_clip(has_no_speech=False)
    a_transcript(clip)
    hour = timedelta(hours=1)
    article = publishing.publish(a_draft(clip), by=None, at=timezone.now() + hour)
    Transcript.objects.update(state=Transcript.State.DRAFT)
    Article.objects.update(published_at=timezone.now() - hour)

    publishing.keep_time()

    article.refresh_from_db()
    assert (article.status, article.held_reason) == (
        Article.Status.SCHEDULED,
        "The captions of “A house is set alight” are not approved: read and approve them.",
    )


# Words withheld -----------------------------------------------------------------------------------


def a_clip_that_withholds(name, **fields):
    clip = a_ready_clip(**fields)
    transcript = a_transcript(clip, "I am [name withheld].")
    transcript.cues.update(withheld=[name])
    return clip


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"headline": "What Maryam saw"}, "the headline"),
        ({"standfirst": "MARYAM and her sister."}, "the standfirst"),
    ],
)
def test_a_story_that_says_what_a_transcript_withholds_is_red_and_does_not_repeat_it(fields, place):
    article = a_draft(a_clip_that_withholds("Maryam"), **fields)

    [reason] = red(article)

    assert reason == f"Words that a transcript withholds stand in {place}: take them out."


def test_what_is_said_of_the_clip_is_looked_at_too_and_leads_to_its_page():
    clip = a_clip_that_withholds("Maryam", caption="Maryam at the door.")

    [check] = [check for check in clearance.checks(a_draft(clip)) if check.stops]

    assert check.url == clip.get_admin_url()


def test_what_is_said_of_a_picture_is_looked_at_too_and_leads_to_it():
    picture, clip = a_picture(), a_clip_that_withholds("Maryam")
    article = a_draft(clip)
    article.body += a_figure(picture, caption="Maryam at the door.")

    [check] = [check for check in clearance.checks(article) if check.stops]

    assert check.url.endswith(f"#picture-{picture.public_id}")


def test_words_that_stand_only_behind_brackets_are_green():
    article = a_draft(a_clip_that_withholds("Maryam"), standfirst="Maryamville burns.")

    assert red(article) == []
