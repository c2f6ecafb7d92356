"""How fast, and in how much memory, a stored remittance gets into the ledger and the books are proved: one worker, a real PostgreSQL
with fsync on.

`python -m tests.bench.posting [CLAIMS ...]`; the last line says whether every bar is reached, as does the exit status.
"""

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

# Of 10,000 claims of two lines, from the stored file to the posted ledger.
BAR = 10_000
MOST_SECONDS, MOST_SECONDS_AGAIN = 10, 2
# Of the process that posts, and of the one that proves the books, however many claims.
MOST_MEGABYTES = 300


def main(counts: list[int]) -> int:
    missed: list[str] = []
    for claims in counts:
        with database() as environment, tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "payer.835"
            _ours("make", str(claims), str(path), environment=environment)
            said = json.loads(_ours("post", str(path), environment=environment))
            proved = json.loads(_ours("check", environment=environment))
        missed += _judged(claims, said) + _judged_proof(claims, proved)
    print(f"posting bench: {'missed: ' + ', '.join(missed) if missed else 'every bar is reached'}")
    return 1 if missed else 0


def _judged(claims: int, said: dict[str, Any]) -> list[str]:
    print(
        f"835, {claims:,} claims of 2 lines, stored in {said['stored']:.2f} s, posted in {said['posted']:.2f} s "
        f"({claims / said['posted']:,.0f} claims/s, {said['own']:.2f} s of it this process's own work, "
        f"{said['statements']:,} statements), the same bytes again "
        f"{said['again']:.2f} s, under another name {said['renamed']:.2f} s; peak memory {said['megabytes']:.0f} MB"
    )
    wrong = [sentence for sentence in said["wrong"] if sentence]
    wrong += [f"more than {MOST_MEGABYTES} MB for {claims:,} claims"] * (said["megabytes"] > MOST_MEGABYTES)
    if claims <= BAR:
        wrong += [f"posted in more than {MOST_SECONDS} s"] * (said["posted"] > MOST_SECONDS)
        wrong += [f"a second import in more than {MOST_SECONDS_AGAIN} s"] * (
            max(said["again"], said["renamed"]) > MOST_SECONDS_AGAIN
        )
    return wrong


def _judged_proof(claims: int, said: dict[str, Any]) -> list[str]:
    print(f"check_ledger, {claims:,} claims, {said['proved']:.2f} s; peak memory {said['megabytes']:.0f} MB")
    too_much = f"more than {MOST_MEGABYTES} MB to prove {claims:,} claims"
    return said["wrong"] + [too_much] * (said["megabytes"] > MOST_MEGABYTES)


@contextmanager
def database() -> Iterator[dict[str, str]]:
    from apps.core.embedded.postgres import Postgres

    with tempfile.TemporaryDirectory(prefix="throughline-bench-", ignore_cleanup_errors=True) as folder:
        postgres = Postgres(Path(folder), dies_with_us=True)
        url = postgres.start()
        try:
            yield os.environ | {
                "DATABASE_URL": url,
                "THROUGHLINE_VAR": folder,
                "DJANGO_SETTINGS_MODULE": "config.settings.test",
            }
        finally:
            postgres.stop()


def _ours(*arguments: str, environment: dict[str, str]) -> str:
    """A process of its own, so that what it holds is what its work needs."""
    ran = [sys.executable, "-m", "tests.bench.posting", *arguments]
    return subprocess.run(ran, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def make(claims: int, path: Path) -> None:
    from django.core.management import call_command

    from tests.bench.book import make_book
    from tests.bench.remittance_file import remittance_file

    call_command("migrate", verbosity=0)
    data = remittance_file(claims)
    path.write_bytes(data)
    make_book(data)


def post(path: Path) -> None:
    from apps.core.clock import now as current_time
    from apps.remittances.services import post_file

    logging.disable(logging.WARNING)  # there is no broker here, and the nudge says so

    now = current_time()
    stored, taken = _timed(lambda: _store(path, now))
    begun = time.process_time()
    (posted, file), statements = _counted(lambda: _timed(lambda: post_file(taken.transmission.pk, now=now)))
    own = time.process_time() - begun
    before = _rows()
    again, _ = _timed(lambda: _import(path))
    renamed, _ = _timed(lambda: _import(path.rename(path.with_name("another.835"))))
    wrong = [
        ""
        if file and set(file.counts) <= {"posted", "posted_with_denial"}
        else f"not all posted: {file and file.counts}",
        "" if _rows() == before else f"a second import changed rows: {before} {_rows()}",
    ]
    print(
        json.dumps(
            {
                "stored": stored,
                "posted": posted,
                "own": own,
                "statements": statements,
                "again": again,
                "renamed": renamed,
                "megabytes": _peak_megabytes(),
                "wrong": wrong,
            }
        )
    )


def _store(path: Path, now: datetime) -> Any:
    from apps.remittances.services import store_file

    with path.open("rb") as file:
        return store_file(name=path.name, payload=file, now=now)


def _import(path: Path) -> None:
    from io import StringIO

    from django.core.management import call_command

    call_command("import_remittance", str(path), stdout=StringIO())


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    done = work()
    return time.perf_counter() - begun, done


def _counted(work: Callable[[], Any]) -> tuple[Any, int]:
    """With how many statements it sent, COPY left out."""
    from django.db import connection

    statements = 0

    def count(execute: Any, *args: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*args)

    with connection.execute_wrapper(count):
        return work(), statements


def _rows() -> dict[str, int]:
    from django.apps import apps

    rooms = ("connectors", "remittances", "claims", "ledger", "worklist", "audit")
    models = [model for room in rooms for model in apps.get_app_config(room).get_models()]
    return {model._meta.label: model._base_manager.count() for model in models}


def check() -> None:
    from apps.automations.books import book_faults
    from apps.core.soundness import take_statistics

    analyzed, _ = _timed(take_statistics)
    proved, faults = _timed(book_faults)
    print(json.dumps({"proved": analyzed + proved, "megabytes": _peak_megabytes(), "wrong": faults}))


def _peak_megabytes() -> float:
    """Not getrusage: across an exec it remembers what the parent held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", count, where]:
            import django

            django.setup()
            make(int(count), Path(where))
        case ["post", where]:
            import django

            django.setup()
            post(Path(where))
        case ["check"]:
            import django

            django.setup()
            check()
        case counts:
            sys.exit(main([int(count) for count in counts] or [BAR, 10 * BAR]))
