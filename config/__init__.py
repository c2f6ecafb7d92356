"""Settings, addresses and the Celery application. Importing it reads .env and, where nothing else was chosen, chooses production."""

import os

from config import env  # noqa: F401  reads .env, which may name the settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

from config.celery import app as celery_app

__all__ = ["celery_app"]
