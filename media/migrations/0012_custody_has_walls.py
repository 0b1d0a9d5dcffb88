"""Walls around the custody log, and what is known of the bytes in the stores."""

import django.db.models.deletion
from django.db import migrations, models

from media import walls


def build(apps, schema_editor):
    walls.build(schema_editor.connection)


def tear_down(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP FUNCTION {walls.FUNCTION} CASCADE")
    else:
        for name in walls.SQLITE:
            schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0011_purges"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="footage",
            options={
                "ordering": ["-received_at", "-pk"],
                "permissions": [("open_footage", "Can open and download originals")],
                "verbose_name": "footage",
                "verbose_name_plural": "footage",
            },
        ),
        migrations.AlterField(
            model_name="custodyevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("received", "received"),
                    ("received_again", "received again"),
                    ("examined", "examined"),
                    ("rejected", "rejected"),
                    ("viewed", "viewed"),
                    ("downloaded", "downloaded"),
                    ("cut", "cut"),
                    ("hashed", "hashed"),
                    ("released", "released"),
                    ("withdrawn", "withdrawn"),
                    ("fixity_checked", "fixity checked"),
                ],
                editable=False,
                max_length=20,
                verbose_name="event",
            ),
        ),
        migrations.CreateModel(
            name="Manifest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("files", models.JSONField(editable=False, verbose_name="files")),
                (
                    "package",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="manifest",
                        to="media.package",
                        verbose_name="package",
                    ),
                ),
            ],
            options={
                "verbose_name": "manifest",
                "verbose_name_plural": "manifests",
            },
        ),
        migrations.CreateModel(
            name="FixityCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "checked_at",
                    models.DateTimeField(db_index=True, editable=False, verbose_name="checked"),
                ),
                (
                    "problem",
                    models.CharField(
                        blank=True, editable=False, max_length=300, verbose_name="problem"
                    ),
                ),
                (
                    "footage",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fixity",
                        to="media.footage",
                        verbose_name="original",
                    ),
                ),
                (
                    "package",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fixity",
                        to="media.package",
                        verbose_name="package",
                    ),
                ),
            ],
            options={
                "verbose_name": "fixity check",
                "verbose_name_plural": "fixity checks",
                "ordering": ["-problem", "checked_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("footage", None), ("package__isnull", False)),
                            models.Q(("footage__isnull", False), ("package", None)),
                            _connector="OR",
                        ),
                        name="fixity_of_one_thing",
                    )
                ],
            },
        ),
        migrations.RunPython(build, tear_down),
    ]
