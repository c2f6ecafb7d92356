"""A worker that is slow comes back to a check that another has taken in hand: what the payer has answered stays."""

from datetime import datetime, timedelta

import pytest

from apps.connectors.ports.errors import OutageError
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services import check_eligibility, recover_checks
from tests.eligibility.recorded import RecordedClearinghouse
from tests.factories.eligibility import EligibilityCheckFactory

State = EligibilityCheck.State
COVERED = ["EB*1**30"]


@pytest.mark.django_db
def test_an_outage_that_a_slow_worker_tells_late_takes_no_answer_back(
    clearinghouse: type[RecordedClearinghouse], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    check, later = EligibilityCheckFactory(), now + timedelta(minutes=11)
    ask, asked = RecordedClearinghouse.check_eligibility, []

    def slowly(self: RecordedClearinghouse, inquiry: bytes) -> bytes:
        asked.append(inquiry)
        if len(asked) == 1:  # its worker stands still meanwhile, and another takes its place
            recover_checks(now=later)
            assert check_eligibility(check_id=check.public_id, now=later).state == State.ANSWERED
            raise OutageError("cut off")
        return ask(self, inquiry)

    monkeypatch.setattr(RecordedClearinghouse, "check_eligibility", slowly)
    clearinghouse.replies += [COVERED]
    check_eligibility(check_id=check.public_id, now=now)
    check.refresh_from_db()
    assert (check.state, check.next_try_at) == (State.ANSWERED, None)
