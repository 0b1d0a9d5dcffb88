"""Clearance: the list of checks between a story and its public."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from articles.core.body import plain_text
from articles.models import Article
from articles.writing import UnknownClip, clips_of
from media.errors import NotCleared
from media.models import Clip, Footage, Job
from media.progress import newest_job

# Addresses below a story's own that are not a clip's.
TAKEN = frozenset({"find"})


@dataclass(frozen=True)
class Check:
    """One line of the list: green, or red with the reason and the address where to mend it."""

    name: str
    is_green: bool
    reason: str = ""
    url: str = ""


def checks(article: Article) -> list[Check]:
    """Every check of a story, in the order in which an editor would mend them."""
    return [*_text_checks(article), *_clip_checks(article)]


def require(article: Article) -> None:
    """Raise NotCleared with the reasons of all red checks."""
    red = [check.reason for check in checks(article) if not check.is_green]
    if red:
        raise NotCleared(" ".join(red))


def _text_checks(article: Article) -> Iterator[Check]:
    url = reverse("admin:articles_article_change", args=[article.pk])
    yield _check("Headline", bool(article.headline.strip()), "The story has no headline.", url)
    yield _check("Text", bool(plain_text(article.body).strip()), "The story has no text.", url)


def _clip_checks(article: Article) -> Iterator[Check]:
    try:
        clips = clips_of(article.body)
    except UnknownClip as error:
        url = reverse("admin:articles_article_change", args=[article.pk])
        yield Check("Clips", False, str(error), url)
        return
    for clip in clips:
        yield from _one_clip(clip)


def _one_clip(clip: Clip) -> Iterator[Check]:
    url, name = clip.get_admin_url(), f"Clip “{clip}”"
    yield _check(
        f"{name}: encoded and verified",
        clip.current_package_id is not None,
        "" if clip.current_package_id else _why_unready(clip),
        url,
    )
    yield _check(
        f"{name}: not withdrawn",
        clip.withdrawn_at is None,
        f"The clip “{clip}” was withdrawn: take it out of the story.",
        url,
    )
    yield _check(
        f"{name}: consent of the source",
        clip.footage.consent != Footage.Consent.WITHDRAWN,
        f"The source of “{clip}” has withdrawn consent: take the clip out of the story.",
        url,
    )
    if clip.slug in TAKEN:
        yield Check(
            f"{name}: address",
            False,
            f"“{clip.slug}” is the address of another page: give the clip “{clip}” its own.",
            url,
        )
    package = clip.current_package
    if package is not None:
        if clip.hides or package.hides:
            yield _check(
                f"{name}: what is to be hidden is hidden, and proved",
                package.hides == clip.hides,
                f"What is to be hidden in “{clip}” is not hidden yet: wait until it is made anew, "
                "or see there why that failed.",
                url,
            )
        scan = package.scan
        yield _check(
            f"{name}: leak scan ({scan['values']} values looked for in {scan['files']} files, "
            f"{scan['found']} found)",
            scan["found"] == 0,
            f"The leak scan of “{clip}” found something: keep the clip back.",
            url,
        )


def _why_unready(clip: Clip) -> str:
    job = newest_job(clip)
    if job is not None and job.state == Job.State.FAILED:
        return f"The clip “{clip}” could not be made: {job.reason}"
    return f"The clip “{clip}” is still being encoded: wait until it is ready, or take it out."


def _check(name: str, is_green: bool, reason: str, url: str) -> Check:
    return Check(name, is_green, "" if is_green else reason, "" if is_green else url)
