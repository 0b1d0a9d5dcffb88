"""The clock of the database: the only one that decides what a reader may see."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now
from django.db.models.sql.compiler import SQLCompiler


class DatabaseNow(Now):
    """The moment at which the database answers, wherever the process that asks it runs.

    SQLite keeps moments as text and compares them as such, and its own clock counts thousandths of
    a second: written out to six digits, as Django writes them, a moment is neither early nor late.
    """

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Any:
        spelled = "STRFTIME('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f000', 'NOW')"
        return self.as_sql(compiler, connection, template=spelled, **context)
