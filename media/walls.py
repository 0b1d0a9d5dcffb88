"""Walls around the custody log: the database itself refuses to change or delete what stands in it.

Whoever owns the database can take them down. Then the chain and the journal (``media.custody``)
still name what was done.
"""

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from media.core.custody_chain import FIRST_HASH

TABLE = "media_custodyevent"
REFUSAL = "The custody log is only ever added to: write down what happened next instead."

# A row that replaces another one is deleted without a trigger on SQLite: so what is added must
# stand at the end, and be new.
FOLLOWS = f"""
    WHEN EXISTS (
        SELECT 1 FROM {TABLE} WHERE id = NEW.id OR number >= NEW.number OR hash = NEW.hash
    ) OR NEW.number <> 1 + coalesce((SELECT max(number) FROM {TABLE}), 0)
    OR NEW.previous_hash <> coalesce(
        (SELECT hash FROM {TABLE} ORDER BY number DESC LIMIT 1), '{FIRST_HASH}'
    )"""
SQLITE = {
    f"{TABLE}_{name}": f"CREATE TRIGGER {TABLE}_{name} BEFORE {event} ON {TABLE}{when} "
    f"BEGIN SELECT raise(ABORT, '{REFUSAL}'); END"
    for name, event, when in (
        ("unchanged", "UPDATE", ""),
        ("undeleted", "DELETE", ""),
        ("follows", "INSERT", FOLLOWS),
    )
}

BODY = f"""
DECLARE last record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT number, hash INTO last FROM {TABLE} ORDER BY number DESC LIMIT 1;
        IF NEW.number = 1 + coalesce(last.number, 0)
            AND NEW.previous_hash = coalesce(last.hash, '{FIRST_HASH}')
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END
"""
FUNCTION = f"{TABLE}_wall"
# For each row, so that what finds none is no fault; TRUNCATE has no rows.
POSTGRESQL = {
    f"{TABLE}_unchanged": f"BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW",
    f"{TABLE}_unemptied": f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT",
    f"{TABLE}_follows": f"BEFORE INSERT ON {TABLE} FOR EACH ROW",
}
# What a subscriber of a replication is sent came through the publisher's walls.
STAND_ALWAYS = (f"{TABLE}_unchanged", f"{TABLE}_unemptied")


def build(on: BaseDatabaseWrapper = connection) -> None:
    """Put up all walls, in the place of those that stand. Safe to repeat."""
    with on.cursor() as cursor:
        for statement in _building(on.vendor):
            cursor.execute(statement)


def mend() -> list[str]:
    """Put up the walls again if one is missing, or is not ours; the names of those."""
    fallen = missing()
    if fallen:
        build()
    return fallen


def missing(on: BaseDatabaseWrapper = connection) -> list[str]:
    """The names of the walls that do not stand as we build them."""
    standing = _on_sqlite(on) if on.vendor == "sqlite" else _on_postgresql(on)
    wanted = SQLITE if on.vendor == "sqlite" else POSTGRESQL
    return sorted(set(wanted) - standing)


def _building(vendor: str) -> list[str]:
    if vendor == "sqlite":
        dropping = [f"DROP TRIGGER IF EXISTS {name}" for name in SQLITE]
        return [*dropping, *SQLITE.values()]
    return [
        f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${BODY}$$",
        *(f"DROP TRIGGER IF EXISTS {name} ON {TABLE}" for name in POSTGRESQL),
        *(
            f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {FUNCTION}()"
            for name, when in POSTGRESQL.items()
        ),
        # Also for whoever says that what they do is replication.
        *(f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {name}" for name in STAND_ALWAYS),
    ]


def _on_sqlite(on: BaseDatabaseWrapper) -> set[str]:
    with on.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {name for name, sql in cursor.fetchall() if sql == SQLITE.get(name)}


def _on_postgresql(on: BaseDatabaseWrapper) -> set[str]:
    with on.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled, prosrc FROM pg_trigger "
            "JOIN pg_proc ON pg_proc.oid = tgfoid WHERE tgrelid = %s::regclass",
            [TABLE],
        )
        return {
            name
            for name, enabled, source in cursor.fetchall()
            if source == BODY and enabled in ("A" if name in STAND_ALWAYS else "AO")
        }
