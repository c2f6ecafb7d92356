import gc
from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

# A worker's steps ask some hundred different questions. With psycopg's own hundred, one that comes again may be planned anew.
PREPARED_STATEMENTS = 500


class CoreConfig(AppConfig):
    name = "apps.core"

    def ready(self) -> None:
        from apps.core.any_of import AnyOf  # noqa: F401  registers itself

        # What is loaded by now lives as long as the process: the collector need not walk over it again and again. Rows and parsed
        # records hold no circles, so that it may come less often: at its own pace it takes a third of a posting's work.
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        connection_created.connect(_keep_statements)


def _keep_statements(connection: BaseDatabaseWrapper, **_more: Any) -> None:
    connection.connection.prepared_max = PREPARED_STATEMENTS
