"""Passages that hold words, as SQLite finds them: FTS5, ranked by BM25."""

from django.db import connection

from articles.core.query import Query, Term

# Ranked are the newest of so many, so that a word that stands everywhere is answered in time.
SQL = """
    SELECT passage.id, -found.rank * passage.weight AS score
    FROM (
        SELECT rowid, bm25(articles_passage_index, 0) AS rank FROM articles_passage_index
        WHERE articles_passage_index MATCH %s ORDER BY rowid DESC LIMIT %s
    ) AS found
    JOIN articles_passage AS passage ON passage.id = found.rowid
    ORDER BY score DESC, passage.id DESC LIMIT %s
"""


def candidates(
    query: Query, *, is_any: bool, story_id: int | None, looked_at: int, most: int
) -> list[tuple[int, float]]:
    """The best passages by primary key, with their scores, the highest first."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, [expression(query, is_any, story_id), looked_at, most])
        return [(pk, score) for pk, score in cursor.fetchall()]


def expression(query: Query, is_any: bool, story_id: int | None) -> str:
    """What FTS5 is asked for. Every word stands in quotation marks, and holds none itself.

    >>> from articles.core.query import parse
    >>> expression(parse('"hidden cells" of mosul'), False, 7)
    'story : "s7" AND words : (("hidden cells") AND ("of") AND ("mosul" *))'
    """
    words = f"words : ({(' OR ' if is_any else ' AND ').join(map(_term, query.terms))})"
    return words if story_id is None else f'story : "s{story_id}" AND {words}'


def _term(term: Term) -> str:
    ending = " *" if term.is_open else ""
    forms = ('"' + " ".join(form) + '"' + ending for form in term.forms)
    return f"({' OR '.join(forms)})"
