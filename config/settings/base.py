"""What every environment shares. Where a value differs, its environment's file says so."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config import env as environment
from config.env import cache_of, env, number, secret, switch

BASE_DIR: Path = environment.BASE_DIR
VAR_DIR: Path = environment.VAR_DIR
DEBUG = False
DEMO_MODE = False
SECRET_KEY = secret("SECRET_KEY")
# Newest first: the first encrypts, all decrypt, so a key is rotated by putting a new one in front.
FIELD_ENCRYPTION_KEYS: list[str] = [key for key in secret("FIELD_ENCRYPTION_KEYS").split(",") if key]
ALLOWED_HOSTS: list[str] = [host.strip() for host in secret("ALLOWED_HOSTS").split(",") if host.strip()]
SANDBOX_URL = ""  # the demo's only
PUBLIC_URL: str = (secret("PUBLIC_URL") or "http://127.0.0.1:8000").rstrip("/")
# How many proxies of ours stand between a client and the web processes; each adds an entry to X-Forwarded-For.
TRUSTED_PROXIES: int = number("TRUSTED_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = 0  # REMOTE_ADDR is the client's by then (ClientAddressMiddleware)

INSTALLED_APPS = [
    "apps.practice.back_office_app.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # Registers operator classes for the indexes that a search for a beginning needs.
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "template_partials",
    "apps.core",
    "apps.audit",
    "apps.practice",
    "apps.worklist",
    "apps.connectors",
    "apps.intake",
    "apps.ledger",
    "apps.eligibility",
    "apps.claims",
    "apps.remittances",
    "apps.denials",
    "apps.patient_balances",
    "apps.reports",
    "apps.workspace",
    "apps.automations",
]

MIDDLEWARE = [
    "apps.core.client_address.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "apps.core.readable_text.ReadableTextMiddleware",
    "apps.practice.sessions.IdleSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.practice.middleware.WorkplaceMiddleware",
    "apps.core.lost_keys.LostKeyMiddleware",
    "apps.core.met_locks.MetLocksMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "core.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.workspace.context.shell",
            ],
        },
    },
]

_DATABASE: dict[str, Any] = env.db_url_config(secret("DATABASE_URL") or "postgres:///throughline")
# A pooler's next transaction may run on another connection, which has none of the statements and cursors of the last.
_POOLED: bool = switch("DATABASE_POOLED", default=False)
DATABASES = {
    "default": {
        **_DATABASE,
        "DISABLE_SERVER_SIDE_CURSORS": _POOLED,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Parameters travel beside the statement, and one that comes again is planned once.
        "OPTIONS": {
            "server_side_binding": True,
            **_DATABASE.get("OPTIONS", {}),
            "prepare_threshold": None if _POOLED else 3,
        },
    }
}

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "apps.practice.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "change_password": "apps.practice.account_forms.OwnPasswordForm",
    "reset_password": "apps.practice.account_forms.ForgottenPasswordForm",
    "reset_password_from_key": "apps.practice.account_forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_ADAPTER = "apps.practice.accounts.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Throughline"
LOGIN_REDIRECT_URL = "workspace:today"
LOGIN_URL = "account_login"
# 45 CFR 164.312(a)(2)(iii): automatic log-off. Idle time slides; the absolute limit is kept by WorkplaceMiddleware.
SESSION_COOKIE_AGE = 15 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_ABSOLUTE_AGE = timedelta(hours=12)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "apps.core.views.csrf_failure"

SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, dict[str, Any]] = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("es", "Español")]
USE_I18N = True
USE_TZ = True
TIME_ZONE: str = env.str("PRACTICE_TIME_ZONE", default="") or "America/Chicago"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# A file stays in memory until it is encrypted into the journal: none of it ever lies in a temporary folder. A larger one is not read.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024 + 64 * 1024  # a file of 20 MB and the form around it
# Not in a cookie: what a page says may name a patient.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CELERY_BROKER_URL = secret("CELERY_BROKER_URL") or "redis://127.0.0.1:6379/0"
CACHES = {"default": cache_of(secret("CACHE_URL") or CELERY_BROKER_URL)}
CELERY_TASK_IGNORE_RESULT = True
# Otherwise a worker connects to PostgreSQL anew for each task, which costs more than most tasks do.
CELERY_DB_REUSE_MAX = 1000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "intake"
# A queue for each kind of work, so that a machine can take some and leave the rest; a step that is not named waits in `intake`.
_STEPS_BY_QUEUE = {
    "claims": "build_claims scrub_claims send_ready batch_claims submit_batch recover_sends fetch_responses acknowledge_claims"
    " chase_unanswered build_secondaries chase_crossovers ask_status fix_in_bulk",
    "remittances": "post_remittances reconcile_deposits follow_postings check_contracts open_denials open_balances alert_refunds",
    "messages": "plan_messages send_message send_invitation recover_messages receive_message_event receive_payment_event fetch_payments"
    " plan_due_alerts send_due_alert",
    "reports": "measure",
}
CELERY_TASK_ROUTES = {step: {"queue": queue} for queue, steps in _STEPS_BY_QUEUE.items() for step in steps.split()}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A nudge must never hold up a person's request when the broker is away: the sweep finds the work.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900, "socket_connect_timeout": 2, "socket_timeout": 10}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
DJANGO_CELERY_BEAT_TZ_AWARE = True

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_CONFIG = env.email_url_config(secret("EMAIL_URL") or "smtp://127.0.0.1:25")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="billing@localhost")

# The only place that names adapters; the registry imports them by these paths (ARCHITECTURE law 10).
ADAPTERS = {
    "drchrono": "apps.connectors.adapters.drchrono.DrChronoEhr",
    "csv_drop": "apps.connectors.adapters.csv_drop.CsvDropEhr",
    "waystar": "apps.connectors.adapters.waystar.WaystarClearinghouse",
    "stripe": "apps.connectors.adapters.stripe_checkout.StripePayments",
    "twilio": "apps.connectors.adapters.twilio_sms.TwilioMessaging",
    "smtp": "apps.connectors.adapters.smtp_mail.SmtpMessaging",
}
# A worker reads them before it forks, so that its children share them and no first task waits.
CELERY_IMPORTS = tuple(path.rpartition(".")[0] for path in ADAPTERS.values())
# Set in simulations only: the file that holds the virtual time (ARCHITECTURE law 8).
VIRTUAL_CLOCK_FILE: str = env.str("THROUGHLINE_VIRTUAL_CLOCK", default="")
# For the comparison with and without scrubbing (DOMAIN 2): of the rules only those of well-formedness are asked, and pyx12.
SCRUB_ONLY_WELL_FORMED: bool = env.bool("THROUGHLINE_SCRUB_ONLY_WELL_FORMED", default=False)
if SCRUB_ONLY_WELL_FORMED and not VIRTUAL_CLOCK_FILE:
    raise ImproperlyConfigured("Unset THROUGHLINE_SCRUB_ONLY_WELL_FORMED: only a simulation leaves rules out.")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "apps.core.logs.WordlessFormatter", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="") or "INFO"},
    "loggers": {
        **{library: {"level": "WARNING"} for library in ("httpx", "asyncssh", "stripe", "weasyprint")},
        "pyx12": {"level": "CRITICAL"},
    },
}
