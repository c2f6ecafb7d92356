"""`manage.py import_remittance FILE...`: take in 835 files and post them.

Exit status 0 when every file was taken in, also when that opened exceptions or found duplicates; 1 when one was refused
(not an 835 of the version that is read), could not be opened, failed, or waits for another worker.
"""

import json
import logging
import sys
from argparse import ArgumentParser
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count

from apps.connectors.models import Transmission
from apps.core.clock import now as current_time
from apps.core.jobs import nudge
from apps.remittances.models import RemittanceException, RemittanceFile, RemittancePayment, RemittedClaim
from apps.remittances.services import UnacceptableFileError, accept_test, post_file, show_as_job, store_file

logger = logging.getLogger(__name__)
TAKEN_IN = {"posted", "known"}


@dataclass
class PaymentReport:
    payer: str
    trace: str
    amount: str
    paid_on: str
    standing: str
    outcomes: dict[str, int]


@dataclass
class FileReport:
    """`state`: posted, refused, known (posted before), unreadable (could not be opened), waiting (another worker has it), failed."""

    name: str
    state: str
    problem: str = ""
    is_test: bool = False
    exceptions: int = 0
    payments: list[PaymentReport] = field(default_factory=list)


class Command(BaseCommand):
    help = "Take in remittance files (835) and post them. The same file again posts nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--accept-test",
            action="store_true",
            help="Post what is marked as a test (ISA15 T), as a trial machine does",
        )
        parser.add_argument("--json", action="store_true", help="The report as JSON; the verdict then goes to stderr")

    def handle(self, *_args: Any, files: list[Path], json: bool, accept_test: bool, **_options: Any) -> None:
        reports = [_take(path, takes_tests=accept_test) for path in files]
        nudge("follow_postings")
        if json:
            self._print_json(reports)
        else:
            for report in reports:
                self._print(report)
        (self.stderr if json else self.stdout).write(_verdict(reports))
        if any(report.state not in TAKEN_IN for report in reports):
            sys.exit(1)

    def _print_json(self, reports: list[FileReport]) -> None:
        self.stdout.write(json.dumps([asdict(report) for report in reports], indent=2))

    def _print(self, report: FileReport) -> None:
        self.stdout.write(f"{report.name}: {report.state}{f'. {report.problem}' if report.problem else ''}")
        for payment in report.payments:
            outcomes = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in payment.outcomes.items())
            standing = f" ({payment.standing})" if payment.standing else ""
            self.stdout.write(
                f"  {payment.payer}, trace {payment.trace}, {payment.amount}, {payment.paid_on}{standing}:"
                f" {outcomes or 'no claims'}"
            )


def _take(path: Path, *, takes_tests: bool) -> FileReport:
    now = current_time()
    try:
        with path.open("rb") as payload:
            taken = store_file(name=path.name, payload=payload, now=now)
    except OSError as failure:
        return FileReport(path.name, "unreadable", failure.strerror or "It cannot be opened.")
    except UnacceptableFileError as refusal:
        return FileReport(path.name, "unreadable", str(refusal))
    if taken.is_new:
        show_as_job(taken.transmission, acting_user=None, now=now)
    stored = accept_test(taken.transmission, now=now) if takes_tests else taken.transmission
    if stored.state != Transmission.State.STORED:
        return _known(path.name, stored)
    try:
        file = post_file(stored.pk, now=now)
    except Exception:  # whatever it is, it is this file's alone
        logger.exception("Remittance transmission %s failed.", stored.pk)
        return FileReport(
            path.name, "failed", "It was not posted to its end; it is stored, and is tried again by itself."
        )
    return _report(path.name, file) if file else FileReport(path.name, "waiting", "Another worker is posting it.")


def _known(name: str, transmission: Transmission) -> FileReport:
    """What became of a file whose bytes had come before: a refused one is no less refused for coming again."""
    refused = RemittanceFile.objects.filter(transmission=transmission, state=RemittanceFile.State.REFUSED).first()
    if refused:
        return _report(name, refused)
    return FileReport(name, "known", "It had been taken in before; nothing was posted.")


def _report(name: str, file: RemittanceFile) -> FileReport:
    counts: dict[int, dict[str, int]] = {}
    rows = RemittedClaim.objects.filter(payment__file=file).values_list("payment", "outcome").annotate(Count("pk"))
    for payment_id, outcome, number in rows.order_by("payment", "outcome"):
        counts.setdefault(payment_id, {})[outcome] = number
    payments = [
        PaymentReport(
            payment.payer_name,
            payment.trace_number,
            str(payment.amount),
            payment.paid_on.isoformat(),
            _standing(payment),
            counts.get(payment.pk, {}),
        )
        for payment in file.payments.order_by("number")
    ]
    exceptions = RemittanceException.objects.filter(file=file).count()
    return FileReport(name, file.state, file.problem, file.is_test, exceptions, payments)


def _standing(payment: RemittancePayment) -> str:
    if payment.duplicate_of_id is not None:
        return "duplicate"
    return "continuation" if payment.continues_id is not None else ""


def _verdict(reports: list[FileReport]) -> str:
    totals: dict[str, int] = {}
    for report in reports:
        for payment in report.payments:
            for outcome, number in payment.outcomes.items():
                totals[outcome] = totals.get(outcome, 0) + number
    states = {state: sum(1 for report in reports if report.state == state) for state in ("posted", "known", "refused")}
    unfinished = {state: sum(1 for report in reports if report.state == state) for state in ("failed", "waiting")}
    unread = len(reports) - sum(states.values()) - sum(unfinished.values())
    more = "".join(f", {number} {state}" for state, number in unfinished.items() if number)
    tests = sum(1 for report in reports if report.is_test)
    marked = f" {tests} marked as a test (ISA15 T)." if tests else ""
    claims = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in sorted(totals.items())) or "none"
    return (
        f"{len(reports)} files: {states['posted']} posted, {states['known']} known, {states['refused']} refused, "
        f"{unread} not read{more}. Claims: {claims}. {sum(report.exceptions for report in reports)} exceptions.{marked}"
    )
