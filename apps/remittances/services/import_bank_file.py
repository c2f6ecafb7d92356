"""Take in a bank's file: stored byte for byte, read by its account's mapping, each credit once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.connectors import journal
from apps.connectors.models import Transmission
from apps.connectors.tables import decode, table
from apps.core.advisory_locks import lock_until_commit
from apps.core.clock import practice_date
from apps.core.column_names import unread_columns
from apps.core.jobs import job_was_done, nudge
from apps.core.models import User
from apps.remittances.models import BankAccount, BankFile, BankLine
from apps.remittances.rules.bank_rows import BankContent, BankCredit, BankRowProblem, check_header, read_rows
from apps.remittances.rules.known_credits import KeptCredit, known_credits
from apps.remittances.services.bank_accounts import NoAccountError, find_account, layout_of

KIND = "bank"
CHUNK = 2000
Known = Mapping[BankCredit, KeptCredit]


@dataclass(frozen=True, slots=True)
class BankFileReading:
    """What a file holds. `new` and `known`: its credits that no file has brought, and those that one has.

    `file`: public id of the row that was kept; empty where nothing was. `repeated`: the same bytes came before. `unread`: the file's
    columns that the account does not name.
    """

    account: str
    rows: int
    new: int
    known: int
    paid_out: int
    problems: tuple[BankRowProblem, ...]
    file: str = ""
    repeated: bool = False
    unread: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        return {
            "rows": self.rows,
            "credits": self.new,
            "known_credits": self.known,
            "paid_out": self.paid_out,
            "refused_rows": len(self.problems),
        }


def preview_bank_file(*, payload: bytes, account: str = "", now: datetime) -> BankFileReading:
    """What `import_bank_file` would bring; nothing is kept. Raises as it does."""
    target, content = _read(payload, account, now)
    return _reading(target, content, _known(target, content))


@transaction.atomic
def import_bank_file(
    *, payload: bytes, name: str, now: datetime, account: str = "", acting_user: User | None = None
) -> BankFileReading:
    """Rows that cannot be read are named by line and reason, the others come in; the same row of any file comes in once. A reference
    that the mapping names only now is told of the credits that are there.

    `account`: which of the saved ones; empty where the file's columns tell. Raises RefusedError or UnknownColumnsError where the file
    as a whole cannot be read and NoAccountError where its account is not clear; then nothing of it is stored.
    """
    target, content = _read(payload, account, now)
    _refuse_other_account(payload, target)
    if target.pk is None:
        target.save()
    # Two who bring the same file at one moment: the second finds the first one's rows.
    lock_until_commit("bank file", target.pk)
    kept, is_new = journal.receive(
        payload, kind=KIND, name=name[:200], vendor_key=f"{target.pk}:{journal.checksum(payload)}", now=now
    )
    file, _ = BankFile.objects.get_or_create(transmission=kept, defaults={"account": target, "received_at": now})
    known = _known(target, content)
    BankLine.objects.bulk_create(
        (BankLine(account=target, file=file, **asdict(credit)) for credit in content.credits if credit not in known),
        batch_size=CHUNK,
    )
    _tell_references(known)
    reading = replace(_reading(target, content, known), file=file.public_id, repeated=not is_new)
    _remember(reading, file, acting_user=acting_user, now=now)
    nudge("reconcile_deposits")
    return reading


def _refuse_other_account(payload: bytes, account: BankAccount) -> None:
    """Under another account the same money would come in a second time."""
    same = BankFile.objects.filter(transmission__kind=KIND, transmission__checksum=journal.checksum(payload))
    before = same.exclude(account=account.pk).select_related("account").first()
    if before:
        raise NoAccountError(f"This file came in before, for the account {before.account.name}.")


def _read(payload: bytes, account: str, now: datetime) -> tuple[BankAccount, BankContent]:
    header, rows = table(decode(payload))
    target = find_account(header, name=account)
    layout = layout_of(target)
    check_header(layout, header)
    unread = tuple(unread_columns(header, layout.columns.values()))
    return target, replace(read_rows(rows, layout, today=practice_date(now)), unread=unread)


def _known(account: BankAccount, content: BankContent) -> Known:
    """Of the file's credits those that some file of the account has brought."""
    if account.pk is None or not content.credits:
        return {}
    days = [credit.booked_on for credit in content.credits]
    lines = BankLine.objects.filter(account=account, booked_on__range=(min(days), max(days))).order_by("pk")
    kept = lines.values_list("pk", "booked_on", "amount", "text", "reference", "digest", "ordinal")
    return known_credits(content.credits, (KeptCredit(*each) for each in kept))


def _tell_references(known: Known) -> None:
    """And what such a row says from now on, by which the next file knows it."""
    told = [
        BankLine(pk=kept.key, reference=credit.reference, digest=credit.digest, ordinal=credit.ordinal)
        for credit, kept in known.items()
        if kept.lacks_reference(credit)
    ]
    BankLine.objects.bulk_update(told, ["reference", "digest", "ordinal"], batch_size=CHUNK)


def _reading(account: BankAccount, content: BankContent, known: Known) -> BankFileReading:
    new = len(content.credits) - len(known)
    return BankFileReading(
        account.name, content.rows, new, len(known), content.paid_out, content.problems, unread=content.unread
    )


def _remember(reading: BankFileReading, file: BankFile, *, acting_user: User | None, now: datetime) -> None:
    """A second reading leaves what the first one told, unless a mended mapping brought more."""
    if reading.new or not reading.repeated:
        file.counts, file.problems = reading.counts, [asdict(problem) for problem in reading.problems]
        file.save(update_fields=["counts", "problems"])
        Transmission.objects.filter(pk=file.transmission_id).update(state=Transmission.State.PROCESSED, settled_at=now)
    record(
        "import_bank_file",
        acting_user=acting_user,
        now=now,
        subject_kind="bank_file",
        subject_public_id=file.public_id,
        rows=reading.rows,
        credits=reading.new,
        refused_rows=len(reading.problems),
    )
    job_was_done(
        "import_bank_file",
        now=now,
        requested_by=acting_user,
        counts=reading.counts,
        url_name="remittances:bank_file",
        subject_public_id=file.public_id,
    )
