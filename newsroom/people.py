"""Groups: who may do what. docs/workflow.md says it in words, and a test holds them together."""

from django.contrib.auth.models import Group, Permission

READING = [
    *(f"articles.view_{model}" for model in ("article", "author", "topic", "byline", "correction")),
    "articles.view_embed",
    "media.view_clip",
]
WRITING = [
    *(f"articles.{act}_{model}" for model in ("article", "byline") for act in ("add", "change")),
    "articles.delete_byline",
    "articles.change_embed",
]
CLIPS = [
    "media.change_clip",
    "media.clear_clip",
    *(f"media.{act}_warning" for act in ("add", "change", "delete", "view")),
    *(f"media.{act}_transcript" for act in ("add", "change", "view")),
]
RELEASING = [
    "articles.publish_article",
    "articles.withdraw_article",
    "articles.time_article",
    "articles.send_back_article",
]
WRITERS = [*READING, *WRITING]
EDITORS = [
    *READING,
    *WRITING,
    *CLIPS,
    *RELEASING,
    *(f"articles.{act}_{model}" for model in ("author", "topic") for act in ("add", "change")),
    "articles.add_correction",
    "articles.change_correction",
    "articles.delete_correction",
    "articles.approve_article",
    "articles.answer_article",
    "media.view_footage",
    "media.view_picture",
]
PUBLISHERS = [*READING, *RELEASING, "media.view_footage", "media.view_picture", "media.clear_clip"]
LEGAL = [
    *READING,
    "articles.withdraw_article",
    "articles.time_article",
    "articles.send_back_article",
    "articles.answer_article",
    "media.view_footage",
    "media.view_picture",
    "media.view_transcript",
    "media.view_custodyevent",
    "media.view_fixitycheck",
    "media.clear_clip",
]
ARCHIVISTS = [
    "articles.view_article",
    *(f"media.{act}_footage" for act in ("add", "change", "open", "view")),
    *(f"media.{act}_relation" for act in ("add", "change", "delete", "view")),
    "media.add_clip",
    "media.view_clip",
    "media.view_picture",
    *CLIPS,
    "media.view_custodyevent",
    "media.view_fixitycheck",
    "media.view_package",
]
GROUPS = {
    "writers": WRITERS,
    "editors": EDITORS,
    "publishers": PUBLISHERS,
    "legal": LEGAL,
    "archivists": ARCHIVISTS,
}


def make_groups() -> None:
    """Make the groups, and give them what they may do and have not been given yet."""
    for name, wanted in GROUPS.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.add(*(_permission(label) for label in wanted))


def _permission(label: str) -> Permission:
    app, codename = label.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)
