"""Environment variables, each of which may come from a file named by NAME_FILE (a mounted secret)."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

TRUE, FALSE = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}

env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(str(BASE_DIR / ".env"))

VAR_DIR = Path(os.environ.get("THROUGHLINE_VAR") or BASE_DIR / "var")


def secret(name: str, default: str = "") -> str:
    """Raises ImproperlyConfigured for a file that cannot be read."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as failure:
        raise ImproperlyConfigured(
            f"{name}_FILE names {path}, which cannot be read: mount it there, or set {name}."
        ) from failure


def switch(name: str, *, default: bool) -> bool:
    """Raises ImproperlyConfigured for a word that is neither: a slip must not turn a protection off."""
    word = os.environ.get(name, "").strip().lower()
    if word and word not in TRUE | FALSE:
        raise ImproperlyConfigured(f"Set {name} to true or false, or leave it out.")
    return word in TRUE if word else default


def number(name: str, default: int) -> int:
    """Raises ImproperlyConfigured for anything but digits."""
    digits = os.environ.get(name, "").strip()
    if digits and not digits.isdecimal():
        raise ImproperlyConfigured(f"Set {name} to a whole number, or leave it out.")
    return int(digits) if digits else default


def local_secret(name: str) -> str:
    """A secret for development: made once, kept in var/ with mode 600, so that sessions survive a restart."""
    given = secret(name)
    if given:
        return given
    from cryptography.fernet import Fernet

    from apps.core.private_files import kept_text

    return kept_text(VAR_DIR / f"{name.lower()}.secret", lambda: Fernet.generate_key().decode())


def cache_of(broker: str) -> dict[str, str]:
    """Django's cache on the broker's server. Limits and used codes must hold for all web processes at once, so no process-local one."""
    if broker.startswith("redis+socket://"):
        path = broker.removeprefix("redis+socket://").partition("?")[0]
        location = f"unix://{path}?db=1"
    elif broker.startswith(("redis://", "rediss://")):
        location = broker
    else:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": location,
        "KEY_PREFIX": "throughline",
    }
