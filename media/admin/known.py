"""What is known of footage, as its form asks for it, and how it is to other footage."""

from django.contrib import admin

from media.models import Footage, Relation

KNOWN = (
    (
        "Where it is from",
        {
            "fields": (
                ("source_alias", "source_risk"),
                "source_reached",
                "risk_note",
                ("obtained_how", "obtained_on"),
                "recorded_by",
            )
        },
    ),
    ("As claimed", {"fields": (("recorded_when", "recorded_where"),)}),
    (
        "As verified",
        {
            "fields": (
                ("verification", "signed"),
                ("verified_when", "verified_when_precision"),
                ("verified_where", "verified_where_precision"),
                "verification_steps",
            )
        },
    ),
    (
        "Rights and consent",
        {
            "fields": (
                "rights_holder",
                ("rights_from", "rights_until", "rights_territory"),
                ("consent", "consent_on"),
                "consent_scope",
                "restrictions",
            )
        },
    ),
    ("Words to find it by", {"fields": ("tags",)}),
)


class RelationInline(admin.StackedInline):
    model = Relation
    fk_name = "footage"
    autocomplete_fields = ("other",)
    fields = (("kind", "other"),)
    extra = 0
    verbose_name_plural = "Relations to other footage"


def signed(footage: Footage) -> str:
    """Who said last how far footage is verified."""
    if footage.verified_at is None:
        return "-"
    return f"{footage.verified_by}, {footage.verified_at:%Y-%m-%d %H:%M}"


def related(footage: Footage) -> list[tuple[str, Footage]]:
    """Footage whose page says that it is related to this one."""
    relations = footage.relations_to_it.select_related("footage")
    return [(one.get_kind_display(), one.footage) for one in relations]


def place_of(footage: Footage) -> str:
    """Where it was recorded: as verified, or else as claimed."""
    return footage.verified_where or footage.recorded_where or "-"
