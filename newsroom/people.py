"""Groups: who may do what."""

from django.contrib.auth.models import Group, Permission

STORY_MODELS = ("article", "author", "topic", "byline", "correction")
EDITORS = [
    *(f"articles.{act}_{model}" for model in STORY_MODELS for act in ("add", "change", "view")),
    "articles.delete_byline",
    "articles.delete_correction",
    "articles.view_embed",
    "articles.change_embed",
    "articles.publish_article",
    "articles.withdraw_article",
    "media.view_footage",
    "media.view_clip",
    "media.change_clip",
    "media.clear_clip",
    *(f"media.{act}_warning" for act in ("add", "change", "delete", "view")),
    *(f"media.{act}_transcript" for act in ("add", "change", "view")),
]
ARCHIVISTS = [
    "articles.view_article",
    *(f"media.{act}_footage" for act in ("add", "change", "view")),
    *(f"media.{act}_clip" for act in ("add", "change", "view")),
    "media.clear_clip",
    "media.view_custodyevent",
    "media.view_package",
    *(f"media.{act}_warning" for act in ("add", "change", "delete", "view")),
    *(f"media.{act}_transcript" for act in ("add", "change", "view")),
]
GROUPS = {"editors": EDITORS, "archivists": ARCHIVISTS}


def make_groups() -> None:
    """Make the groups, and give them what they may do and have not been given yet."""
    for name, wanted in GROUPS.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.add(*(_permission(label) for label in wanted))


def _permission(label: str) -> Permission:
    app, codename = label.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)
