#!/usr/bin/env python
"""Commands. Without a word on the settings, in the environment or in .env, they are those of development and the demo."""

import os
import sys
from pathlib import Path

import environ

DOTENV = Path(__file__).with_name(".env")


def main() -> None:
    if DOTENV.is_file():
        environ.Env.read_env(str(DOTENV))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    from apps.core.embedded import use_embedded_services, use_throw_away_services

    if not use_throw_away_services(sys.argv):
        from config.env import VAR_DIR

        use_embedded_services(sys.argv, VAR_DIR)
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import ProgrammingError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as failure:
        sys.exit(str(failure))
    except ProgrammingError:
        if not migrations_wait():
            raise
        sys.exit(f"The database lacks tables of this version: {sys.executable} manage.py migrate, then the same again.")


def migrations_wait() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


if __name__ == "__main__":
    main()
