"""Passages that hold words, as PostgreSQL finds them: a GIN index, ranked by ``ts_rank``."""

from django.db import connection
from django.db.backends.utils import CursorWrapper

from articles.core.query import Query, Term

# Ranked are the newest of so many, so that a word that stands everywhere is answered in time.
# Divided by the logarithm of the length: a short passage says more with the same word.
SQL = """
    WITH found AS {how} (
        SELECT id, vector, weight FROM articles_passage
        WHERE vector @@ %(query)s::tsquery
        AND (%(story)s::bigint IS NULL OR article_id = %(story)s::bigint)
        {newest}
    ), newest AS (SELECT * FROM found ORDER BY id DESC LIMIT %(looked_at)s)
    SELECT id, ts_rank(vector, %(query)s::tsquery, 1) * weight AS score
    FROM newest ORDER BY score DESC, id DESC LIMIT %(most)s
"""
# Words that are common enough are met soon when one goes back from the newest passage. For all
# others the index is asked first: the planner does not know how long it takes to look into a row.
BY_INDEX = SQL.format(how="MATERIALIZED", newest="")
BY_AGE = SQL.format(how="NOT MATERIALIZED", newest="ORDER BY id DESC LIMIT %(looked_at)s")
COMMON = 50_000
EXPECTED = "EXPLAIN (FORMAT JSON) SELECT 1 FROM articles_passage WHERE vector @@ %s::tsquery"


def candidates(
    query: Query, *, is_any: bool, story_id: int | None, looked_at: int, most: int
) -> list[tuple[int, float]]:
    """The best passages by primary key, with their scores, the highest first."""
    words = expression(query, is_any)
    with connection.cursor() as cursor:
        is_common = story_id is None and _expected(cursor, words) > COMMON
        asked = {"query": words, "story": story_id, "looked_at": looked_at, "most": most}
        cursor.execute(BY_AGE if is_common else BY_INDEX, asked)
        return [(pk, score) for pk, score in cursor.fetchall()]


def _expected(cursor: CursorWrapper, words: str) -> int:
    """How many passages PostgreSQL expects to hold this."""
    cursor.execute(EXPECTED, [words])
    [[explained]] = cursor.fetchone()
    return int(explained["Plan"]["Plan Rows"])


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
