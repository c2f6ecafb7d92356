"""By when a denial must be answered. A deadline is a payer's data with its source; an unknown one is never guessed (DOMAIN 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from apps.denials.rules.lanes import LaneKind
from apps.practice.rules.deadlines import last_day

# Our own promise where a payer allows longer, or where its deadline is not configured.
OURS = timedelta(days=30)
# Which of a payer's clocks runs: a corrected claim's, or the first appeal level's (practice.PayerDeadline.Kind).
_CLOCKS = {LaneKind.MODIFIER: "corrected_filing", LaneKind.COORDINATION: "corrected_filing"}
_APPEAL = "appeal_1"


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """`counted_from` is service, remittance or receipt; `source` says where it is written and who verified it when. `filing_indicator`
    is the payer's, SBR09.
    """

    days: int
    counted_from: str
    source: str
    filing_indicator: str = "CI"


@dataclass(frozen=True, slots=True)
class Due:
    """`deadline` None: not configured. `on` is what the queue sorts and warns by."""

    on: date
    deadline: date | None
    source: str = ""


def clock_of(lane: str) -> str:
    return _CLOCKS.get(LaneKind(lane), _APPEAL)


def due(
    lane: str, deadlines: Mapping[str, Sequence[DeadlineView]], *, served_on: date, remitted_on: date, received_on: date
) -> Due:
    """`deadlines` are the payer's, by kind; where its guides disagree the earliest counts (DOMAIN 5). The due date is the earlier of
    the deadline and 30 days after receipt.
    """
    ours = received_on + OURS
    starts = {"service": served_on, "remittance": remitted_on, "receipt": received_on}
    configured = [
        (last_day(starts[each.counted_from], each.days, filing_indicator=each.filing_indicator), each.source)
        for each in deadlines.get(clock_of(lane), ())
    ]
    if not configured:
        return Due(ours, None)
    deadline, source = min(configured, key=lambda each: each[0])
    return Due(min(ours, deadline), deadline, source)
