"""Which payments of a file are posted, and what a person is told of those that are not though they can be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from apps.connectors import journal
from apps.connectors.models import Transmission
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.core.odd_days import odd_day
from apps.remittances.models import HandRemittance, RemittanceException, RemittanceFile
from apps.remittances.rules.outcomes import Problem
from apps.remittances.rules.words import odd_day_sentence, test_payments_sentence
from apps.remittances.services.raise_exceptions import NewException
from apps.remittances.services.read_file import FileSummary, PaymentSummary
from apps.remittances.services.receive_payment import payment_day, signed_amount
from apps.remittances.services.settlements import mark_settled

_ACCEPTED = "Marked as a test (ISA15 is T), and posted because test files were accepted where it was brought."


@dataclass(frozen=True, slots=True)
class Posting:
    """`payments`: each with its number, which of the file's it is, from 1. `left_out`: an exception for what is not posted.
    `notice`: what a reader of the file must know though it is posted; else empty.
    """

    payments: tuple[tuple[int, PaymentSummary], ...]
    left_out: tuple[NewException, ...] = ()
    notice: str = ""


def what_to_post(file: RemittanceFile, summary: FileSummary, *, now: datetime) -> Posting:
    """Payments keep their numbers whatever is left out: what was posted is found again by them."""
    wanted = dict(enumerate(summary.payments, start=1))
    left_out = [NewException(Problem.REFUSED_FILE, summary.problem, file)] if summary.problem else []
    notice = ""
    tests = {number: payment for number, payment in wanted.items() if payment.is_test}
    if tests and _takes_tests(file):
        notice = _ACCEPTED
    elif tests:
        total = sum((signed_amount(payment.heading) for payment in tests.values()), ZERO)
        left_out.append(NewException(Problem.TEST_FILE, test_payments_sentence(len(tests), total), file))
        wanted = {number: payment for number, payment in wanted.items() if number not in tests}
    odd = _of_odd_days(file, wanted, now)
    wanted = {number: payment for number, payment in wanted.items() if number not in odd}
    return Posting(tuple(wanted.items()), (*left_out, *odd.values()), notice)


def _of_odd_days(
    file: RemittanceFile, payments: Mapping[int, PaymentSummary], now: datetime
) -> dict[int, NewException]:
    """By number, payments of a day on which no bank paid anything: books and aging would stand on it."""
    odd: dict[int, NewException] = {}
    for number, payment in payments.items():
        day = payment_day(file, payment.heading)
        if why := odd_day(day, practice_date(now)):
            amount = signed_amount(payment.heading)
            sentence = odd_day_sentence(payment.heading.payer.name, payment.heading.trace_number, amount, day, why)
            odd[number] = NewException(Problem.PAYMENT_DAY, sentence, file, at_stake=amount)
    # What people have written here speaks of a payment's day as it was posted once.
    if odd and HandRemittance.objects.filter(transmission=file.transmission_id).exists():
        return {}
    return odd


def _takes_tests(file: RemittanceFile) -> bool:
    """A trial machine (DEMO_MODE) has no money of anybody: what people bring there to try may be a test."""
    return file.takes_tests or (settings.DEMO_MODE and file.transmission.connection_id is None)


@transaction.atomic
def accept_test(stored: Transmission, *, now: datetime) -> Transmission:
    """What of the file is marked as a test is posted by the next `post_file`, also where it was refused as a test before.

    Gives the transmission as it stands then; a file that was posted, or refused for something else, stays as it is.
    """
    file, _ = RemittanceFile.objects.select_for_update().get_or_create(
        transmission=stored, defaults={"received_at": stored.at}
    )
    if file.state == RemittanceFile.State.REFUSED and file.is_test:
        for each in file.exceptions.filter(state=RemittanceException.State.OPEN).select_related("work_item"):
            mark_settled(each, note="The file is imported as a test.", acting_user=None, now=now)
        journal.move(stored, old=Transmission.State.FAILED, new=Transmission.State.STORED)
        file.state, file.problem = RemittanceFile.State.STORED, ""
    if file.state == RemittanceFile.State.STORED:
        file.takes_tests = True
        file.save(update_fields=["takes_tests", "state", "problem"])
    return Transmission.objects.defer("payload").get(pk=stored.pk)
