"""Tests: real PostgreSQL (started by tests/conftest.py), tasks run when called, nothing leaves the machine."""

from config.settings.development import *  # noqa: F403  settings compose by star import

DEBUG = False
# Tests that commit empty the tables after themselves; the append-only ones let only such a connection do it.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c throughline.may_truncate=on"  # noqa: F405
SECRET_KEY = "tests-only-tests-only-tests-only-tests-only-tests-only"  # noqa: S105  signs nothing outside tests
FIELD_ENCRYPTION_KEYS = ["bm90LWEtc2VjcmV0LW5vdC1hLXNlY3JldC1ub3QtYS0="]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_BROKER_URL = "memory://"
CELERY_TASK_ALWAYS_EAGER = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "UNDEFINED_VARIABLE(%s)"  # noqa: F405  a test fails on it
# Static files are found where they are written; nothing is collected for a test run.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
