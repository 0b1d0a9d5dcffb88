"""The demo content: a story in two languages with three drawn clips, and two people to try it."""

import json
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from articles import publishing, writing
from articles.core.story_text import read_story
from articles.importing import create_story
from articles.models import Article, Embed, Topic
from media import packaging
from media.errors import EncodingFailed
from media.intake import Arrival, receive_file
from media.models import Clip, Footage, Job, Warning
from media.transcribing import import_transcript

FOLDER = Path(__file__).resolve().parent / "demo"
SLUGS = {"en": "mosul-hidden-cells", "ar": "mosul-hidden-cells-ar"}
SECTIONS = {"en": "Middle East", "ar": "الشرق الأوسط"}
TOPICS = {
    "en": {"mosul": "Mosul", "iraq": "Iraq"},
    "ar": {"mosul-ar": "الموصل", "iraq-ar": "العراق"},
}
PEOPLE = {"editor": "editors", "archivist": "archivists"}
KNOWN = {
    "consent": Footage.Consent.ANONYMOUS,
    "rights_holder": "Newsroom: drawn for this demonstration",
}
STANDFIRST_END = re.compile(r'<p class="standfirst">.*?</p>', re.DOTALL)


def load(on_percent: Callable[[str, int], None]) -> Article:
    """Load what is not there yet, wait until every clip plays, and publish. The English story.

    ``on_percent`` gets a clip's name and how far it is. Raises EncodingFailed.
    """
    facts = json.loads((FOLDER / "clips.json").read_text(encoding="utf-8"))
    clips = {name: _clip(name, clip) for name, clip in facts.items()}
    for name, clip in clips.items():
        _see_through(name, clip, on_percent)
    stories = {language: _story(language, clips, facts) for language in SLUGS}
    Article.objects.filter(pk=stories["ar"].pk).update(translation_of=stories["en"])
    # The second time round, each page knows its translation.
    for language in ("ar", "en"):
        stories[language] = publishing.publish(stories[language], by=None)
    return stories["en"]


def _clip(name: str, facts: dict[str, Any]) -> Clip:
    clip = Clip.objects.filter(slug=facts["slug"]).first()
    if clip is not None:
        return clip
    arrival = Arrival(Footage.Arrival.COMMAND, "demo", "Mosul Brigades (demo)")
    footage = receive_file(FOLDER / "footage" / facts["file"], arrival)
    with transaction.atomic():
        Footage.objects.filter(pk=footage.pk).update(**KNOWN)
        clip = Clip.objects.create(
            footage=footage,
            slug=facts["slug"],
            title=facts["title"]["en"],
            caption=facts["caption"]["en"],
            credit=facts["credit"]["en"],
            alt=facts["poster_alt"]["en"],
            poster_ms=facts["poster_ms"],
        )
        Warning.objects.bulk_create(
            Warning(clip=clip, kind=warning["kind"], language=language, wording=wording)
            for warning in facts["warnings"]
            for language, wording in warning["wording"].items()
        )
        packaging.ask_for_package(clip)
    for language in SLUGS:
        data = (FOLDER / "captions" / f"{name}.{language}.vtt").read_bytes()
        import_transcript(clip, data, language=language, approve=True)
    return clip


def _see_through(name: str, clip: Clip, on_percent: Callable[[str, int], None]) -> None:
    job = packaging.see_through(clip, on_percent=lambda percent: on_percent(name, percent))
    if job is not None and job.state == Job.State.FAILED:
        raise EncodingFailed(f"The demo clip {name} could not be made: {job.reason}")


def _story(language: str, clips: dict[str, Clip], facts: dict[str, Any]) -> Article:
    existing = Article.objects.filter(slug=SLUGS[language]).first()
    if existing is not None:
        return existing
    data = (FOLDER / f"story.{language}.html").read_bytes()
    with transaction.atomic():
        article = create_story(
            read_story(data), slug=SLUGS[language], body=_body(data.decode(), clips)
        )
        article.language, article.section = language, SECTIONS[language]
        article.save()
        for slug, name in TOPICS[language].items():
            topic, _created = Topic.objects.get_or_create(slug=slug, defaults={"name": name})
            article.topics.add(topic)
        for name, clip in clips.items():
            Embed.objects.filter(article=article, clip=clip).update(
                title=facts[name]["title"][language],
                caption=facts[name]["caption"][language],
                credit=facts[name]["credit"][language],
                alt=facts[name]["poster_alt"][language],
            )
        writing.saved(article, by=None)
    return article


def _body(html: str, clips: dict[str, Clip]) -> str:
    """What stands between the standfirst and the end, with each clip's name made its id."""
    body = STANDFIRST_END.split(html, maxsplit=1)[1].rsplit("</body>", 1)[0]
    for name, clip in clips.items():
        body = body.replace(f'data-clip="{name}"', f'data-clip="{clip.public_id}"')
    return body


def people() -> dict[str, str]:
    """Make the demo's users, once; names and passwords, new for each installation."""
    file = settings.DATA_DIR / "demo-passwords.json"
    if file.exists():
        passwords: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    else:
        passwords = {name: secrets.token_urlsafe(9) for name in PEOPLE}
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(passwords, out)
    for name, group in PEOPLE.items():
        users = get_user_model().objects
        if not users.filter(username=name).exists():
            user = users.create_user(name, password=passwords[name], is_staff=True)
            user.groups.add(Group.objects.get(name=group))
    return passwords
