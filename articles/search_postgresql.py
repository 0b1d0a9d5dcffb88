"""Passages that hold words, as PostgreSQL finds them: a GIN index, ranked by ``ts_rank``."""

from django.db import connection
from django.db.backends.utils import CursorWrapper

from articles.core.query import Query, Term

# Ranked are the newest of so many, so that a word that stands everywhere is answered in time.
# Divided by the logarithm of the length: a short passage says more with the same word.
SQL = """
    WITH found AS MATERIALIZED (
        SELECT id, vector, weight FROM {passages}
        WHERE vector @@ %(query)s::tsquery
        AND (%(story)s::bigint IS NULL OR article_id = %(story)s::bigint)
        {most}
    ), newest AS (SELECT * FROM found ORDER BY id DESC LIMIT %(looked_at)s)
    SELECT id, ts_rank(vector, %(query)s::tsquery, 1) * weight AS score
    FROM newest ORDER BY score DESC, id DESC LIMIT %(most)s
"""
BY_INDEX = SQL.format(passages="articles_passage", most="")
# What is common is met soon when one goes back from the newest passage: the index would name
# places everywhere, and each is a look into a row. But two common words may hardly ever stand
# side by side, which no estimate knows, so one goes back only so far.
WALKED, COMMON = 100_000, 15_000
BY_AGE = SQL.format(
    passages=f"(SELECT * FROM articles_passage ORDER BY id DESC LIMIT {WALKED}) AS passage",
    most="LIMIT %(looked_at)s",
)
EXPECTED = "EXPLAIN (FORMAT JSON) SELECT 1 FROM articles_passage WHERE vector @@ %s::tsquery"


def candidates(
    query: Query, *, is_any: bool, story_id: int | None, looked_at: int, most: int
) -> list[tuple[int, float]]:
    """The best passages by primary key, with their scores, the highest first."""
    words = expression(query, is_any)
    asked = {"query": words, "story": story_id, "looked_at": looked_at, "most": most}
    with connection.cursor() as cursor:
        if story_id is None and _expected(cursor, words) > COMMON:
            cursor.execute(BY_AGE, asked)
            if cursor.rowcount == most:
                return cursor.fetchall()
        cursor.execute(BY_INDEX, asked)
        return cursor.fetchall()


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
