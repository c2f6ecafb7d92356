"""Take payers in from a CSV file: the whole file or nothing of it."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from apps.audit.trail import record
from apps.core.advisory_locks import lock_until_commit
from apps.core.jobs import job_was_done, nudge
from apps.core.models import User
from apps.practice.rules.csv_file import FileRefusedError, Problem, RowError
from apps.practice.rules.payer_file import read_payers
from apps.practice.services.payer_book import PayerBook

LARGEST = 2 * 1024 * 1024


class PayersRefusedError(FileRefusedError):
    """Payers that cannot be taken."""


class PayerChange(NamedTuple):
    """What one payer gets: a word of what, what stands ("": nothing) and what will."""

    payer: str
    what: str
    old: str
    new: str


class PayerDifference(NamedTuple):
    """`same`: payers that stand as the file tells them."""

    added: tuple[str, ...]
    changes: tuple[PayerChange, ...]
    same: int

    @property
    def is_empty(self) -> bool:
        return not self.added and not self.changes

    @property
    def changed_payers(self) -> int:
        return len({change.payer for change in self.changes} - set(self.added))


def preview_payers(*, text: str, clearinghouses: Collection[str]) -> PayerDifference:
    """What `import_payers` would do; `clearinghouses` are the names that a line may use. Raises PayersRefusedError."""
    return _planned(text, clearinghouses, verified_by="")[1]


@transaction.atomic
def import_payers(
    *, text: str, clearinghouses: Collection[str], source: str, acting_user: User | None, now: datetime
) -> PayerDifference:
    """Add and change what the file tells, leave what it does not name. The same file again changes nothing. Raises PayersRefusedError.

    A payer is found by its name, else by its payer ID for claims. A person stands for the deadlines, without one `source` does.
    """
    lock_until_commit("import payers")
    book, found = _planned(text, clearinghouses, verified_by=acting_user.display_name if acting_user else source)
    if found.is_empty:
        return found
    book.save()
    record(
        "import_payers",
        acting_user=acting_user,
        now=now,
        subject_kind="payers",
        added=list(found.added),
        changed=sorted({change.payer for change in found.changes} - set(found.added)),
        source=source[:200],
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    job_was_done(
        "import_payers",
        now=now,
        requested_by=acting_user,
        counts={"added_payers": len(found.added), "changed_payers": found.changed_payers},
    )
    nudge("build_claims")
    return found


def _planned(text: str, clearinghouses: Collection[str], *, verified_by: str) -> tuple[PayerBook, PayerDifference]:
    read = read_payers(text)
    book, problems = PayerBook(verified_by[:80]), list(read.problems)
    for told in read.payers:
        if told.clearinghouse and told.clearinghouse not in clearinghouses:
            names = ", ".join(sorted(clearinghouses)) or "none is connected"
            problems.append(
                Problem(told.line, f'clearinghouse: "{told.clearinghouse[:40]}" is not one that you use: {names}.')
            )
        try:
            book.take(told)
        except RowError as error:
            problems.append(Problem(told.line, str(error)))
    if problems:
        raise PayersRefusedError(tuple(sorted(problems, key=lambda problem: problem.line)))
    changes = tuple(PayerChange(*each) for each in book.changes)
    touched = {change.payer for change in changes} | set(book.added)
    return book, PayerDifference(tuple(book.added), changes, len(book.named - touched))
