"""`make check`: every static check, each with its own line; all run, the exit status is 1 if any failed."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
# The deployment check needs a production environment; these values open nothing.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "only-for-the-deployment-check-" + "kq83hf72ls0dj4mz91xv65bn" * 2,
    "FIELD_ENCRYPTION_KEYS": "b25seS1mb3ItdGhlLWRlcGxveW1lbnQtY2hlY2stMDE=",
    "DATABASE_URL": "postgres:///none",
    "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
    "ALLOWED_HOSTS": "billing.example.org",
    "PUBLIC_URL": "https://billing.example.org",
    "EMAIL_URL": "smtp+tls://mail.example.org:587",
}
NO_SERVER = {"DATABASE_URL": "postgres:///none", "DJANGO_SETTINGS_MODULE": "config.settings.test"}
CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("format", ["ruff", "format", "--check", "."], {}),
    ("lint", ["ruff", "check", "."], {}),
    ("templates", ["python", "scripts/check_templates.py"], {}),
    ("architecture", ["lint-imports"], {}),
    ("migrations", ["python", "manage.py", "makemigrations", "--check", "--dry-run"], NO_SERVER),
    ("deployment", ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ("types", ["mypy"], NO_SERVER),
]


def main() -> int:
    failed = []
    for name, argv, variables in CHECKS:
        started = time.monotonic()
        command = [str(BIN / argv[0]), *argv[1:]]
        result = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, check=False
        )
        passed = result.returncode == 0
        print(f"{name:<14}{'ok' if passed else 'FAILED'}  {time.monotonic() - started:.1f} s", flush=True)
        if not passed:
            failed.append(name)
            print(result.stdout + result.stderr, flush=True)
    print(f"check: {'failed: ' + ', '.join(failed) if failed else 'everything passed'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
