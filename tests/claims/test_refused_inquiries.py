"""An inquiry that is sent back whole asks again in halves: the claim to blame keeps no other from being asked about."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from apps.claims.models import Claim, StatusInquiry
from apps.claims.services import ask_status, batch_claims, chase_unanswered, submit_batch
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection, Transmission
from tests.claims.inquiries import f999, read_in
from tests.factories.claims import ClaimFactory

pytestmark = [pytest.mark.django_db, pytest.mark.long]
DAY = timedelta(days=1)
Outcome = StatusInquiry.Outcome


def silent_claims(count: int, now: datetime) -> list[Claim]:
    """Sent three days ago, and never answered."""
    claims: list[Claim] = ClaimFactory.create_batch(count, status=ClaimStatus.READY)
    for batch in batch_claims(now=now).batches:
        submit_batch(batch_id=batch, now=now)
    chase_unanswered(now=now + 3 * DAY)
    return claims


def one_day(bad: Claim, now: datetime) -> list[set[int]]:
    """What leaves in a day, file by file; the clearinghouse sends back each in which `bad` is. A limit keeps it from going on for ever."""
    files = []
    for hour in range(10):
        moment = now + timedelta(hours=hour)
        result = ask_status(now=moment)
        if not result.claims:
            assert not result.more
            return files
        file = Transmission.objects.filter(kind="276").latest("pk")
        asked = set(file.inquiries.values_list("claim", flat=True))
        assert len(asked) == result.claims
        files.append(asked)
        number = int(file.control_number.removeprefix("TS"))
        read_in(f999(number, "R" if bad.pk in asked else "A"), "999", moment, str(number))
    raise AssertionError("It asks again and again on one day.")


def test_the_claim_to_blame_is_found_by_halves_and_the_others_are_asked_about(
    clearinghouse: Callable[..., Connection], now: datetime
) -> None:
    clearinghouse(lists=False)
    claims = silent_claims(5, now)
    bad = claims[3]
    sizes = [[len(file) for file in one_day(bad, now + day * DAY)] for day in range(3, 7)]
    # The three of the second day were taken in, and are not asked about again so soon; nor is the one to blame, once it is alone.
    assert sizes == [[5], [3, 2], [1, 1], []]
    last = {row.claim_id: row for row in StatusInquiry.objects.order_by("asked_at")}
    assert last[bad.pk].outcome == Outcome.NOT_ANSWERED
    assert last[bad.pk].sentence.startswith("The inquiry itself was refused.")
    assert {row.outcome for claim, row in last.items() if claim != bad.pk} == {Outcome.WAITING}
    # All are due again by then; the one to blame does not spoil the others' file a second time.
    assert one_day(bad, now + 8 * DAY) == [{claim.pk for claim in claims} - {bad.pk}, {bad.pk}]


def test_nobody_is_called_for_claims_that_were_refused_with_others(
    clearinghouse: Callable[..., Connection], now: datetime
) -> None:
    clearinghouse(lists=False)
    claims = silent_claims(2, now)
    titles = {claim.pk: Claim.objects.get(pk=claim.pk).work_item.title for claim in claims}
    one_day(claims[0], now + 3 * DAY)
    assert {claim.pk: Claim.objects.get(pk=claim.pk).work_item.title for claim in claims} == titles
    row = StatusInquiry.objects.get(claim=claims[1])
    assert (row.outcome, row.answer.kind.startswith("999")) == (Outcome.NOT_SENT, True)
    assert row.sentence.startswith("The inquiry was refused together with those of other claims")


def test_a_claim_that_was_never_refused_does_not_share_a_file_with_those_that_were(
    clearinghouse: Callable[..., Connection], now: datetime
) -> None:
    clearinghouse(lists=False)
    first = silent_claims(2, now)
    one_day(first[0], now + 3 * DAY)
    (later,) = silent_claims(1, now + DAY)
    assert one_day(first[0], now + 4 * DAY)[0] == {later.pk}
