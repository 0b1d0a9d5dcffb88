"""Previews of stories that are not public, for one person each, under an address that is signed.

A link may be passed on, so the page carries the name of the person it was made for, and whoever
made it sees each look at it. An address says nothing of its story until it is opened: programs
that draw little pictures of every address in a chat open none.
"""

from copy import copy
from datetime import timedelta

from django.contrib.auth.models import User
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from articles.core.body import clean_body
from articles.core.snapshots import Snapshot
from articles.models import Article, PreviewLink, PreviewVisit
from articles.reading import absolute
from media.errors import NewsroomError
from media.models import Package, Picture, Transcript

# A signature of anything else of ours opens no preview.
SALT = "newsroom.preview"
LONGEST_DAYS = 30


class NoPreview(NewsroomError):
    """A preview cannot be given."""


def make_link(article: Article, *, recipient: str, days: int, by: User | None) -> PreviewLink:
    """A new link for one person, for so many days. Raises NoPreview with a sentence."""
    if not recipient.strip():
        raise NoPreview("A preview is made for somebody: write the person's name.")
    if not 1 <= days <= LONGEST_DAYS:
        raise NoPreview(f"A preview lasts 1 to {LONGEST_DAYS} days: choose a number between them.")
    if article.status == Article.Status.WITHDRAWN:
        raise NoPreview("A withdrawn story is shown to nobody: publish it again first.")
    if article.is_public:
        raise NoPreview("This story is public: its own address can be sent to anybody.")
    return PreviewLink.objects.create(
        article=article,
        recipient=recipient.strip(),
        expires_at=timezone.now() + timedelta(days=days),
        made_by=by,
    )


def revoke(link: PreviewLink) -> None:
    """Take a link back: from now on it shows nothing. Safe to repeat."""
    PreviewLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())


def key_of(link: PreviewLink) -> str:
    """What stands in the link's address, signed with the installation's secret key."""
    return signing.Signer(salt=SALT, sep="~").sign(link.public_id)


def address_of(link: PreviewLink) -> str:
    """The whole address, to be sent to the person."""
    return absolute(reverse("preview", args=[key_of(link)]))


def link_of(key: str) -> PreviewLink | None:
    """The link that a key opens now; None for one that is forged, over or taken back."""
    try:
        public_id = signing.Signer(salt=SALT, sep="~").unsign(key)
    except signing.BadSignature:
        return None
    links = PreviewLink.objects.open().select_related("article")
    return links.filter(public_id=public_id).first()


def note_visit(link: PreviewLink) -> None:
    PreviewVisit.objects.create(link=link)


def with_words(article: Article, words: Snapshot) -> Article:
    """A story with words that are still being written. It is to be shown, and never saved."""
    shown = copy(article)
    shown.headline = words.texts.get("headline", article.headline)
    shown.standfirst = words.texts.get("standfirst", article.standfirst)
    shown.body = clean_body(words.body)
    shown.language = words.settings.get("language") or article.language
    return shown


def shows(link: PreviewLink, public_id: str) -> bool:
    """Whether this belongs to the link's story: a picture, or of a clip a package or transcript."""
    clips = link.article.clips.all()
    return (
        Picture.objects.filter(public_id=public_id, illustrations__article=link.article).exists()
        or Package.objects.filter(public_id=public_id, clip__in=clips).exists()
        or Transcript.objects.filter(public_id=public_id, clip__in=clips).exists()
    )
