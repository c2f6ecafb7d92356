"""`make check`: every check that needs no server, several at once, each with its own line; the exit status is 1 if any failed."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

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
LAWS = ["python", "-m", "pytest", "tests/house", "-m", "law", "-n", "0", "-p", "no:cacheprovider"]
# The longest first, so that it does not begin when the others end.
CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("types", ["mypy"], NO_SERVER),
    ("laws", LAWS, NO_SERVER),
    ("migrations", ["python", "manage.py", "makemigrations", "--check", "--dry-run"], NO_SERVER),
    ("deployment", ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ("format", ["ruff", "format", "--check", "."], {}),
    ("lint", ["ruff", "check", "."], {}),
    ("templates", ["python", "scripts/check_templates.py"], {}),
    ("architecture", ["lint-imports"], {}),
]


class Outcome(NamedTuple):
    name: str
    passed: bool
    seconds: float
    said: str


def look(name: str, argv: list[str], variables: dict[str, str]) -> Outcome:
    started = time.monotonic()
    command = [str(BIN / argv[0]), *argv[1:]]
    result = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    return Outcome(name, result.returncode == 0, time.monotonic() - started, result.stdout + result.stderr)


def main() -> int:
    failed = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for ended in as_completed([pool.submit(look, *check) for check in CHECKS]):
            name, passed, seconds, said = ended.result()
            print(f"{name:<14}{'ok' if passed else 'FAILED'}  {seconds:.1f} s", flush=True)
            if not passed:
                failed.append(name)
                print(said, flush=True)
    print(f"check: {'failed: ' + ', '.join(failed) if failed else 'everything passed'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
