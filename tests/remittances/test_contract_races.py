"""A person settles an underpayment while the payers' newest answers are compared with their contracts."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime

import pytest

from apps.audit.models import AuditEvent
from apps.remittances.models import Underpayment
from apps.remittances.services import UnderpaymentError, check_contracts, settle_underpayment
from tests.factories.practice import UserFactory
from tests.factories.remittances import clp, reversal_of, svc
from tests.locks import elsewhere, happening_after
from tests.remittances.contracts import contracted_claim, paying, post

pytestmark = pytest.mark.django_db(transaction=True)
State = Underpayment.State


def accepting(now: datetime) -> Callable[[], Underpayment]:
    row, person = Underpayment.objects.get(), UserFactory()
    return lambda: settle_underpayment(
        underpayment_id=row.public_id, outcome=State.ACCEPTED, note="Agreed by phone.", acting_user=person, now=now
    )


def reads_underpayments(sql: str) -> bool:
    return sql.startswith("SELECT") and f'FROM "{Underpayment._meta.db_table}"' in sql


def test_further_lines_do_not_join_what_a_person_accepts_meanwhile_without_them(now: datetime) -> None:
    claim = contracted_claim("80.00", "50.00")
    first, second = claim.lines.all()
    post(claim, clp(claim, svc(first, "60.00")), now=now)
    check_contracts(now=now)
    post(claim, clp(claim, svc(second, "40.00")), now=now)
    accept = accepting(now)
    accepted: list[Future[Underpayment]] = []
    with happening_after(reads_underpayments, lambda: accepted.append(elsewhere(accept))):
        check_contracts(now=now)
    assert accepted[0].result().state == State.ACCEPTED
    row = Underpayment.objects.get()
    assert AuditEvent.objects.get(action="settle_underpayment").detail["short"] == str(row.short) == "30.00"


def test_what_a_person_accepts_is_not_written_over_when_the_payer_takes_its_answer_back(now: datetime) -> None:
    claim = contracted_claim("80.00")
    answer = paying(claim, "60.00")
    post(claim, answer, now=now)
    check_contracts(now=now)
    post(claim, reversal_of(answer), now=now)
    accept = accepting(now)
    accepted: list[Future[Underpayment]] = []
    with happening_after(reads_underpayments, lambda: accepted.append(elsewhere(accept))):
        check_contracts(now=now)
    with pytest.raises(UnderpaymentError, match="settled already"):
        accepted[0].result()
    row = Underpayment.objects.get()
    assert (row.state, row.note, row.settled_by) == (State.TAKEN_BACK, "The payer took its answer back.", None)
