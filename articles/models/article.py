"""Articles: the story, its people and topics, and where its clips stand."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField

from articles.core.body import clean_body, word_count
from articles.core.editor import EXTENSIONS
from media.core.languages import direction, language_name
from media.models import Clip, Transcript
from media.models.clock import DatabaseNow

# Words a minute for silent reading, from Brysbaert's 2019 meta-analysis (238, rounded).
READING_SPEED = 240


class Topic(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])


class Author(models.Model):
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("author", args=[self.slug])


NO_EMBARGO = Q(embargo_until=None) | Q(embargo_until__lte=DatabaseNow())
NOT_EXPIRED = Q(expires_at=None) | Q(expires_at__gt=DatabaseNow())
HAS_COME = Q(published_at__lte=DatabaseNow())
# What was held back is left alone for a while, unless something changes.
MAY_BE_TRIED = Q(try_again_at=None) | Q(try_again_at__lte=DatabaseNow())


class ArticleQuerySet(models.QuerySet["Article"]):
    def moment(self) -> datetime:
        """This moment by the clock of the database. Some story has to exist."""
        return Article.objects.order_by().values_list(DatabaseNow(), flat=True)[:1].get()

    def pks(self) -> list[int]:
        return list(self.values_list("pk", flat=True))

    def published(self) -> "ArticleQuerySet":
        """Stories that a reader may see now: the one word that decides it."""
        return self._let_out().filter(NOT_EXPIRED)

    def expired(self) -> "ArticleQuerySet":
        """Stories that were public until their time was over: their addresses answer 410."""
        return self._let_out().filter(~NOT_EXPIRED)

    def _let_out(self) -> "ArticleQuerySet":
        return self.filter(NO_EMBARGO, HAS_COME, status=Article.Status.PUBLISHED)

    def gone(self) -> "ArticleQuerySet":
        """Stories that readers had, and have no more."""
        return self.withdrawn() | self.expired()

    def withdrawn(self) -> "ArticleQuerySet":
        """Stories that were public and were taken back: their addresses answer 410.

        One that was taken back before its moment was never public: nobody learns of it.
        """
        return self.filter(
            Q(embargo_until=None) | Q(embargo_until__lte=F("withdrawn_at")),
            status=Article.Status.WITHDRAWN,
            published_at__lte=F("withdrawn_at"),
        )

    def due(self) -> "ArticleQuerySet":
        """Scheduled stories whose moment has come and whose embargo, if any, is over."""
        return self.filter(
            NO_EMBARGO, NOT_EXPIRED, HAS_COME, MAY_BE_TRIED, status=Article.Status.SCHEDULED
        )

    def overstaying(self) -> "ArticleQuerySet":
        """Expired stories of which readers still have pages."""
        pages = Article.pages.through.objects
        has_pages = Exists(pages.filter(article=OuterRef("pk")))
        return self.expired().filter(MAY_BE_TRIED, has_pages)

    def held(self) -> "ArticleQuerySet":
        """Stories that did not go out at their moment, or did not leave."""
        return self.exclude(held_reason="")

    def try_again(self) -> int:
        """Have those of them that were held back tried at once: something has changed."""
        return self.held().update(try_again_at=None)

    def corrected(self) -> "ArticleQuerySet":
        """Public stories that tell readers of a correction."""
        return self.published().filter(Exists(Correction.objects.filter(article=OuterRef("pk"))))

    def with_state(self) -> "ArticleQuerySet":
        """With ``state_word``, one of ``Article.State``: what an editor calls where a story is."""
        words = {Article.State.EXPIRED: Article.objects.expired()}
        words[Article.State.CORRECTED] = Article.objects.corrected()
        said = [
            When(Exists(some.filter(pk=OuterRef("pk"))), then=Value(word.value))
            for word, some in words.items()
        ]
        waits = Q(status__in=(Article.Status.APPROVED, Article.Status.SCHEDULED))
        under = When(waits & ~NO_EMBARGO, then=Value(Article.State.EMBARGOED.value))
        return self.annotate(state_word=Case(*said, under, default=F("status")))

    def since(self, moment: datetime) -> "ArticleQuerySet":
        """Stories of which readers learned at that moment or later."""
        return self.filter(published_at__gte=moment)

    def about(self, topic: Topic) -> "ArticleQuerySet":
        return self.filter(topics=topic)

    def by(self, author: Author) -> "ArticleQuerySet":
        return self.filter(bylines__author=author)

    def with_film(self) -> "ArticleQuerySet":
        """Stories with a clip that readers may see."""
        embeds = Embed.objects.filter(article=OuterRef("pk"), clip__in=Clip.objects.playable())
        return self.filter(Exists(embeds))

    def with_words_of(self, clip_slug: str) -> "ArticleQuerySet":
        """Stories in which the words of this clip stay, the rights to its film having ended."""
        lapsed = Clip.objects.lapsed().filter(slug=clip_slug)
        return self.filter(Exists(Embed.objects.filter(article=OuterRef("pk"), clip__in=lapsed)))

    def last_written_by(self, user: User) -> "ArticleQuerySet":
        """Stories that nobody else has saved since this person did, the newest first."""
        return self.filter(updated_by=user).order_by("-updated_at", "-pk")

    def in_review(self) -> "ArticleQuerySet":
        return self.filter(status=Article.Status.REVIEW).order_by("updated_at", "pk")

    def approved(self) -> "ArticleQuerySet":
        return self.filter(status=Article.Status.APPROVED).order_by("updated_at", "pk")

    def going_out(self) -> "ArticleQuerySet":
        """Scheduled stories, the next one first."""
        return self.filter(status=Article.Status.SCHEDULED).order_by("published_at", "pk")

    def newest_first(self) -> "ArticleQuerySet":
        return self.order_by("-published_at", "-pk")

    def for_lists(self) -> "ArticleQuerySet":
        """With what a list of stories shows, in a number of queries that does not grow."""
        return self.prefetch_related(
            "bylines__author",
            "embeds__clip__current_package",
            "embeds__clip__footage",
            "embeds__clip__warnings",
            "illustrations__picture",
        )

    def with_clips(self) -> "ArticleQuerySet":
        """With the clips in them that readers may see, in one more query."""
        playable = Embed.objects.filter(clip__in=Clip.objects.playable()).select_related("clip")
        return self.prefetch_related(Prefetch("embeds", playable))

    def for_machines(self) -> "ArticleQuerySet":
        """With what feeds and sitemaps tell, in a number of queries that does not grow."""
        playable = (
            Embed.objects.filter(clip__in=Clip.objects.playable())
            .select_related("clip__current_package", "clip__footage")
            .prefetch_related(
                "clip__warnings", Prefetch("clip__transcripts", Transcript.objects.approved())
            )
        )
        return self.prefetch_related(
            *("bylines__author", "topics", "corrections", "illustrations__picture"),
            Prefetch("embeds", playable),
        )

    def translations_of(self, root_id: int) -> "ArticleQuerySet":
        """A story and its translations: the first of them is the one that the others name."""
        return self.filter(Q(pk=root_id) | Q(translation_of=root_id))

    def showing(self, clip: Clip) -> "ArticleQuerySet":
        """The stories in which this clip stands."""
        return self.filter(embeds__clip=clip)

    def resting_on(self, clips: Iterable[Clip]) -> "list[Article]":
        """Public and scheduled stories with one of these clips, the newest first."""
        waits = (Article.Status.PUBLISHED, Article.Status.SCHEDULED)
        found = self.filter(status__in=waits, embeds__clip__in=list(clips))
        return list(found.distinct().newest_first())

    def first_to_show(self, clip: Clip) -> "Article | None":
        """The public story in whose words a clip is embedded: the oldest, no translation if any."""
        return self.first_to_show_each([clip]).get(clip.pk)

    def first_to_show_each(self, clips: Iterable[Clip]) -> "dict[int, Article]":
        """The same for several clips, by their keys, in one query."""
        original_first = F("article__translation_of").asc(nulls_first=True)
        embeds = Embed.objects.filter(clip__in=clips, article__in=self.published())
        found: dict[int, Article] = {}
        for embed in embeds.select_related("article").order_by(
            original_first, "article__published_at", "article__pk"
        ):
            found.setdefault(embed.clip_id, embed.article)
        return found


class Article(models.Model):
    """A story (schema.org NewsArticle)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        REVIEW = "review", _("in review")
        APPROVED = "approved", _("approved")
        SCHEDULED = "scheduled", _("scheduled")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class State(models.TextChoices):
        """A status, or what follows from it by the clock and by what else is known."""

        DRAFT = "draft", _("draft")
        REVIEW = "review", _("in review")
        APPROVED = "approved", _("approved")
        SCHEDULED = "scheduled", _("scheduled")
        EMBARGOED = "embargoed", _("under embargo")
        PUBLISHED = "published", _("published")
        CORRECTED = "corrected", _("published and corrected")
        EXPIRED = "expired", _("expired")
        WITHDRAWN = "withdrawn", _("withdrawn")

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    headline = models.CharField(_("headline"), max_length=200)
    standfirst = models.TextField(_("standfirst"), blank=True)
    body = ProseEditorField(
        _("body"),
        blank=True,
        sanitize=clean_body,
        extensions=EXTENSIONS,
    )
    section = models.CharField(_("section"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=35, default="en")
    translation_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="translations",
        verbose_name=_("translation of"),
    )
    topics = models.ManyToManyField(
        Topic, blank=True, related_name="articles", verbose_name=_("topics")
    )
    clips = models.ManyToManyField(
        Clip, through="Embed", related_name="articles", verbose_name=_("clips")
    )

    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    embargo_until = models.DateTimeField(_("embargo until"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True, editable=False)
    # Why it did not go out at its moment, or did not leave, and when that is tried again.
    held_reason = models.TextField(_("held back"), blank=True, editable=False)
    try_again_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawn_reason = models.CharField(
        _("reason for withdrawing"), max_length=300, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("updated by"),
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ["-created_at", "-pk"]
        permissions = [
            ("approve_article", "Can approve stories, and change approved ones"),
            ("send_back_article", "Can send stories back to who wrote them"),
            ("answer_article", "Can answer for red checks"),
            ("time_article", "Can set and lift embargoes and expiries"),
            ("publish_article", "Can publish and schedule stories"),
            ("withdraw_article", "Can withdraw stories"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["scheduled", "published"]) | Q(published_at__isnull=False),
                name="article_public_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="article_withdrawn_has_a_reason",
            ),
        ]
        indexes = [
            # The clock asks for these twice a second.
            models.Index(fields=["status", "published_at"], name="article_due"),
            models.Index(
                fields=["expires_at"],
                name="article_expiring",
                condition=Q(expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        return reverse("story", args=[self.slug])

    def get_admin_url(self) -> str:
        return reverse("admin:articles_article_change", args=[self.pk])

    @property
    def path(self) -> str:
        """Where its files lie in `public`: this folder, and files whose names begin with it."""
        return f"stories/{self.slug}"

    @property
    def direction(self) -> str:
        return direction(self.language)

    @property
    def language_name(self) -> str:
        return language_name(self.language)

    @property
    def is_public(self) -> bool:
        """The question that ``published()`` asks of a set, asked of this row as it is kept."""
        return Article.objects.published().filter(pk=self.pk).exists()

    @property
    def is_under_embargo(self) -> bool:
        return Article.objects.filter(~NO_EMBARGO, pk=self.pk).exists()

    @property
    def state(self) -> str:
        """One of ``State``, as the row is kept."""
        return str(Article.objects.with_state().get(pk=self.pk).state_word)  # type: ignore[attr-defined]

    @property
    def goes_out_at(self) -> datetime | None:
        """When readers see it first, as far as that is known: the embargo wins."""
        return max(filter(None, (self.published_at, self.embargo_until)), default=None)

    def released(self) -> None:
        """Forget why it was held back. Does not save."""
        self.held_reason, self.try_again_at = "", None

    def try_again(self) -> None:
        """If it was held back, have it tried at once."""
        Article.objects.filter(pk=self.pk).try_again()

    @property
    def word_count(self) -> int:
        return word_count(self.body)

    @property
    def reading_minutes(self) -> int:
        return max(1, round(self.word_count / READING_SPEED))


class Byline(models.Model):
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="bylines", verbose_name=_("story")
    )
    author = models.ForeignKey(
        Author, on_delete=models.PROTECT, related_name="bylines", verbose_name=_("author")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "author"], name="one_byline_an_author"),
        ]

    def __str__(self) -> str:
        return self.author.name


class Embed(models.Model):
    """Where a clip stands in a story, rebuilt from the body whenever it is saved."""

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="embeds", verbose_name=_("story")
    )
    clip = models.ForeignKey(
        Clip, on_delete=models.PROTECT, related_name="embeds", verbose_name=_("clip")
    )
    position = models.PositiveSmallIntegerField(_("order"))
    # What this story says of the clip, where that differs from the clip's own words: a story
    # in another language has a caption in that language.
    title = models.CharField(_("title"), max_length=160, blank=True)
    caption = models.TextField(_("caption"), blank=True)
    alt = models.CharField(_("description for those who cannot see it"), max_length=300, blank=True)
    credit = models.CharField(_("credit"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("clip in this story")
        verbose_name_plural = _("clips in this story")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "clip"], name="one_embed_a_clip"),
        ]

    def __str__(self) -> str:
        return self.title or str(self.clip)


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def published(self) -> "CorrectionQuerySet":
        """Corrections of stories that a reader may see, with their stories."""
        return self.filter(article__in=Article.objects.published()).select_related("article")


class Correction(models.Model):
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="corrections", verbose_name=_("story")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    text = models.TextField(_("what was wrong, and what is right"))

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"
