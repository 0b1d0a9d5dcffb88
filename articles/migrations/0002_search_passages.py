"""Passages, and an index of their words that the database itself keeps beside them.

SQLite: a table of FTS5 that holds the index alone, filled by triggers. The words come folded, so
nothing is left to its tokenizer but to part them at spaces; ``story`` has one word for each story,
which finds the passages of one story without reading those of all others.

PostgreSQL: a column made from ``words`` without its text parser, which would take some words for
numbers, addresses or words of English.
"""

import django.db.models.deletion
from django.db import migrations, models

SQLITE = [
    "CREATE VIRTUAL TABLE articles_passage_index "
    "USING fts5(story, words, content='', tokenize='ascii', prefix='2 3')",
    "CREATE TRIGGER articles_passage_added AFTER INSERT ON articles_passage BEGIN "
    "INSERT INTO articles_passage_index(rowid, story, words) "
    "VALUES (new.id, 's' || new.article_id, new.words); END",
    "CREATE TRIGGER articles_passage_removed AFTER DELETE ON articles_passage BEGIN "
    "INSERT INTO articles_passage_index(articles_passage_index, rowid, story, words) "
    "VALUES ('delete', old.id, 's' || old.article_id, old.words); END",
    "CREATE TRIGGER articles_passage_changed AFTER UPDATE ON articles_passage BEGIN "
    "INSERT INTO articles_passage_index(articles_passage_index, rowid, story, words) "
    "VALUES ('delete', old.id, 's' || old.article_id, old.words); "
    "INSERT INTO articles_passage_index(rowid, story, words) "
    "VALUES (new.id, 's' || new.article_id, new.words); END",
]
POSTGRESQL = [
    "CREATE FUNCTION articles_passage_vector(words text) RETURNS tsvector "
    "LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ "
    "SELECT coalesce(string_agg(quote_literal(word) || ':' || least(number, 16383), ' '), '')"
    "::tsvector FROM unnest(string_to_array(words, ' ')) WITH ORDINALITY AS listed(word, number) "
    "WHERE word <> '' $$",
    "ALTER TABLE articles_passage ADD COLUMN vector tsvector "
    "GENERATED ALWAYS AS (articles_passage_vector(words)) STORED",
    "CREATE INDEX articles_passage_vector ON articles_passage USING gin (vector)",
]
# The triggers, the column and its index go with the table.
MADE = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
LEFT = {
    "sqlite": ["DROP TABLE articles_passage_index"],
    "postgresql": [
        "ALTER TABLE articles_passage DROP COLUMN vector",
        "DROP FUNCTION articles_passage_vector",
    ],
}


def make_index(apps, schema_editor):
    for statement in MADE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    for statement in LEFT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
        ("media", "0002_chunks_and_states_of_packages"),
    ]

    operations = [
        migrations.CreateModel(
            name="Passage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("headline", "headline"),
                            ("standfirst", "standfirst"),
                            ("about", "section, names and topics"),
                            ("text", "text"),
                            ("title", "title of a clip"),
                            ("caption", "caption of a clip"),
                            ("cue", "cue"),
                            ("correction", "correction"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="number")),
                ("start_ms", models.PositiveIntegerField(null=True, verbose_name="from (ms)")),
                ("end_ms", models.PositiveIntegerField(null=True, verbose_name="to (ms)")),
                ("language", models.CharField(max_length=35, verbose_name="language")),
                ("text", models.TextField(verbose_name="text")),
                ("after", models.TextField(blank=True, verbose_name="what follows")),
                ("words", models.TextField(verbose_name="words")),
                ("own_words", models.PositiveIntegerField(verbose_name="number of its own words")),
                ("weight", models.PositiveSmallIntegerField(verbose_name="weight")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passages",
                        to="articles.article",
                        verbose_name="story",
                    ),
                ),
                (
                    "clip",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="media.clip",
                        verbose_name="clip",
                    ),
                ),
                (
                    "transcript",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="media.transcript",
                        verbose_name="transcript",
                    ),
                ),
            ],
            options={
                "verbose_name": "passage",
                "verbose_name_plural": "passages",
                "ordering": ["article", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "position"), name="one_passage_a_place"
                    )
                ],
            },
        ),
        migrations.RunPython(make_index, drop_index),
    ]
