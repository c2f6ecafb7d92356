"""Production. A missing or unsafe value stops the start with a sentence that says what to do."""

from zoneinfo import available_timezones

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from config.env import number, secret, switch
from config.settings.base import *  # noqa: F403  settings compose by star import

REQUIRED = {
    "SECRET_KEY": "Set SECRET_KEY (or SECRET_KEY_FILE) to a random string of at least 50 characters.",
    "FIELD_ENCRYPTION_KEYS": "Set FIELD_ENCRYPTION_KEYS (or _FILE) to one or more Fernet keys, newest first.",
    "DATABASE_URL": "Set DATABASE_URL (or DATABASE_URL_FILE), for example postgres://user:password@host:5432/throughline.",
    "CELERY_BROKER_URL": "Set CELERY_BROKER_URL (or _FILE), for example rediss://host:6379/0.",
    "ALLOWED_HOSTS": "Set ALLOWED_HOSTS to the host names that people type, separated by commas.",
    "PUBLIC_URL": "Set PUBLIC_URL to the https address that patients' links start with.",
    "EMAIL_URL": "Set EMAIL_URL to a mail server reached by TLS, for example smtp+tls://user:password@host:587.",
}
# Published with the tests, so it protects nothing.
PUBLISHED_KEY = "bm90LWEtc2VjcmV0LW5vdC1hLXNlY3JldC1ub3QtYS0="
for name, remedy in REQUIRED.items():
    if not secret(name):
        raise ImproperlyConfigured(remedy)
if len(secret("SECRET_KEY")) < 50:
    raise ImproperlyConfigured(REQUIRED["SECRET_KEY"])
if not secret("PUBLIC_URL").startswith("https://"):
    raise ImproperlyConfigured(REQUIRED["PUBLIC_URL"])
if "*" in ALLOWED_HOSTS:  # noqa: F405  from base
    raise ImproperlyConfigured(REQUIRED["ALLOWED_HOSTS"])
if not secret("EMAIL_URL").startswith(("smtp+tls://", "smtp+ssl://")):
    raise ImproperlyConfigured(REQUIRED["EMAIL_URL"])
if DATABASES["default"].get("ENGINE") != "django.db.backends.postgresql":  # noqa: F405  from base
    raise ImproperlyConfigured(REQUIRED["DATABASE_URL"])
# Limits and used codes are counted there for all processes at once: with any other server each would count for itself.
for name in ("CELERY_BROKER_URL", "CACHE_URL"):
    if not (secret(name) or "redis:").startswith(("redis:", "rediss:", "redis+socket:")):
        raise ImproperlyConfigured(f"Set {name} to a Valkey or Redis, for example rediss://host:6379/0.")
if TIME_ZONE not in available_timezones():  # noqa: F405  from base
    raise ImproperlyConfigured(
        "Set PRACTICE_TIME_ZONE to a name of the time zone database, for example America/Chicago."
    )
if LOGGING["root"]["level"] not in {"DEBUG", "INFO", "WARNING", "ERROR"}:  # noqa: F405  from base
    raise ImproperlyConfigured("Set LOG_LEVEL to DEBUG, INFO, WARNING or ERROR.")
if VIRTUAL_CLOCK_FILE:  # noqa: F405  from base
    raise ImproperlyConfigured("Unset THROUGHLINE_VIRTUAL_CLOCK: production lives in real time.")
try:
    for key in FIELD_ENCRYPTION_KEYS:  # noqa: F405  from base
        Fernet(key)
except ValueError as failure:
    raise ImproperlyConfigured(REQUIRED["FIELD_ENCRYPTION_KEYS"]) from failure
if PUBLISHED_KEY in FIELD_ENCRYPTION_KEYS:  # noqa: F405  from base
    raise ImproperlyConfigured(REQUIRED["FIELD_ENCRYPTION_KEYS"])

SECURE_SSL_REDIRECT = switch("SECURE_SSL_REDIRECT", default=True)
# A load balancer asks by plain http, and takes a redirect for a failure.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
BEHIND_PROXY = switch("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
TRUSTED_PROXIES = number("TRUSTED_PROXIES", 1 if BEHIND_PROXY else 0)
if BEHIND_PROXY and TRUSTED_PROXIES < 1:
    raise ImproperlyConfigured(
        "Set TRUSTED_PROXIES to the number of your proxies, or leave it out: BEHIND_PROXY needs 1 or more."
    )
SECURE_HSTS_SECONDS = 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
STORAGES["staticfiles"]["BACKEND"] = "whitenoise.storage.CompressedManifestStaticFilesStorage"  # noqa: F405  from base
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] = ["'self'", "https://checkout.stripe.com"]  # noqa: F405  from base
CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True  # noqa: F405  from base
