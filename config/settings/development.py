"""A developer's or a trial machine: demo practice, sandbox outside world, plain HTTP on loopback."""

from config.env import env, local_secret, switch
from config.settings.base import *  # noqa: F403  settings compose by star import

# Off by default, so that the demo shows the product as it is, its error pages included.
DEBUG = switch("THROUGHLINE_DEBUG", default=False)
DEMO_MODE = True
# Where `make run` started the outside world; empty where nobody did.
SANDBOX_URL = env.str("SANDBOX_URL", default="")
SECRET_KEY = local_secret("SECRET_KEY")
FIELD_ENCRYPTION_KEYS = local_secret("FIELD_ENCRYPTION_KEYS").split(",")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
# What a developer is writing is served as it stands; `manage.py up` collects and compresses once.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
STATIC_ROOT = VAR_DIR / "static"  # noqa: F405  from base
STORAGES["staticfiles"]["BACKEND"] = "whitenoise.storage.CompressedStaticFilesStorage"  # noqa: F405  from base
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"  # noqa: F405  from base
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] = ["'self'", "http://127.0.0.1:*"]  # noqa: F405  the sandbox's card page
