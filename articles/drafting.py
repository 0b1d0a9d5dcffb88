"""Drafting: what somebody has written and not saved is kept, and offered back."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles import keeping
from articles.core.form_words import Form, read_form
from articles.core.merge import merge
from articles.core.snapshots import Snapshot
from articles.models import Article, Author, Draft, Topic

KEPT_FOR = timedelta(days=30)
# What the form of a story that was never saved has.
BLANK = Snapshot(
    texts={"headline": "", "standfirst": "", "body": ""},
    settings={**dict.fromkeys(keeping.SETTINGS, ""), "language": "en"},
    named={"bylines": (), "topics": (), "translation_of": ()},
)


def began_from(form: Form, article: Article) -> int:
    """The revision from which a form began; one that does not say it began from the first."""
    text = form.get("began_from", [""])[-1]
    number = int(text) if text.isdecimal() else 0
    return number if keeping.FIRST <= number <= keeping.number_of(article) else keeping.FIRST


def words_of(form: Form, article: Article | None) -> Snapshot:
    """What a form says, with the names of those whom it names."""
    return _with_names(read_form(form, _base(form, article)))


def _base(form: Form, article: Article | None) -> Snapshot:
    if article is None:
        return BLANK
    return keeping.revision(article, began_from(form, article)).snapshot


def keep_words(person: User, article: Article | None, form: Form, tab: str) -> Draft | None:
    """Keep what stands in an open page; None, and nothing kept, if the story has all of it."""
    if article is not None and not article.revisions.exists():
        with transaction.atomic():
            keeping.hold(article.pk)
    words = words_of(form, article)
    now = BLANK if article is None else keeping.snapshot_of(article)
    if merge(_base(form, article), now, words).is_all_theirs:
        forget(person, tab)
        return None
    number = 0 if article is None else began_from(form, article)
    values = {"article": article, "began_from": number, "kept_at": timezone.now()}
    draft, _created = Draft.objects.update_or_create(
        person=person, tab=tab, defaults={**values, "words": words.as_json()}
    )
    return draft


def forget(person: User, tab: str) -> None:
    """The words of this page were saved, or thrown away."""
    Draft.objects.filter(person=person, tab=tab).delete()


def offered(person: User, article: Article | None) -> list[Draft]:
    """What a person has not saved. Which of their pages are still open, the browser knows best."""
    return list(Draft.objects.of(person, article))


def discard_old() -> None:
    """Nobody asked for them in a month."""
    Draft.objects.older_than(timezone.now() - KEPT_FOR).delete()


def _with_names(words: Snapshot) -> Snapshot:
    """With names from the database, where the words brought only numbers."""
    missing = {kind: [one.id for one in some if not one.name] for kind, some in words.named.items()}
    names = {
        kind: model.objects.in_bulk(missing[kind]) if missing.get(kind) else {}
        for kind, model in (("bylines", Author), ("topics", Topic), ("translation_of", Article))
    }
    return words.with_names(
        {(kind, pk): str(one) for kind, found in names.items() for pk, one in found.items()}
    )
