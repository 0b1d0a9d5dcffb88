"""Passages that hold words, as PostgreSQL finds them: a GIN index, ranked by ``ts_rank``."""

from django.db import connection

from articles.core.query import Query, Term

# Ranked are the newest of so many, so that a word that stands everywhere is answered in time.
# Divided by the logarithm of the length: a short passage says more with the same word.
SQL = """
    SELECT id, ts_rank(vector, %(query)s::tsquery, 1) * weight AS score
    FROM (
        SELECT id, vector, weight FROM articles_passage
        WHERE vector @@ %(query)s::tsquery
        AND (%(story)s::bigint IS NULL OR article_id = %(story)s::bigint)
        ORDER BY id DESC LIMIT %(looked_at)s
    ) AS found
    ORDER BY score DESC, id DESC LIMIT %(most)s
"""


def candidates(
    query: Query, *, is_any: bool, story_id: int | None, looked_at: int, most: int
) -> list[tuple[int, float]]:
    """The best passages by primary key, with their scores, the highest first."""
    asked = {"query": expression(query, is_any), "story": story_id}
    with connection.cursor() as cursor:
        cursor.execute(SQL, {**asked, "looked_at": looked_at, "most": most})
        return [(pk, score) for pk, score in cursor.fetchall()]


def expression(query: Query, is_any: bool) -> str:
    """A tsquery. Every word stands in quotation marks, and holds none itself.

    >>> from articles.core.query import parse
    >>> expression(parse('"hidden cells" of mosul'), False)
    "('hidden' <-> 'cells') & ('of') & ('mosul':*)"
    """
    return (" | " if is_any else " & ").join(map(_term, query.terms))


def _term(term: Term) -> str:
    ending = ":*" if term.is_open else ""
    forms = (" <-> ".join(f"'{word}'" for word in form) + ending for form in term.forms)
    return f"({' | '.join(forms)})"
