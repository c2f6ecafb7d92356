"""The mark that a visit carries on the schedule: a word, a shape, and whether somebody has to do something before it."""

from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """What the schedule is filtered by."""

    COVERED = "covered"
    NOT_COVERED = "not_covered"
    ASK = "ask"
    WAITING = "waiting"
    SELF_PAY = "self_pay"


@dataclass(frozen=True, slots=True)
class Mark:
    group: Group
    shape: str
    word: str

    @property
    def needs_someone(self) -> bool:
        return self.group in {Group.NOT_COVERED, Group.ASK}


SELF_PAY = Mark(Group.SELF_PAY, "off", "Self-pay")
NOT_CHECKED = Mark(Group.WAITING, "waiting", "Not checked yet")

_SETTLED = {
    "verified": Mark(Group.COVERED, "good", "Verified by phone"),
    "self_pay": Mark(Group.SELF_PAY, "off", "Self-pay agreed"),
    "rescheduled": Mark(Group.SELF_PAY, "off", "To be rescheduled"),
    "new_coverage": NOT_CHECKED,
}
_VERDICTS = {
    "active": Mark(Group.COVERED, "good", "Covered"),
    "inactive": Mark(Group.NOT_COVERED, "problem", "Not covered"),
    "not_found": Mark(Group.NOT_COVERED, "problem", "Not found at payer"),
    "other_payer": Mark(Group.ASK, "watch", "Other plan pays first"),
    "unknown": Mark(Group.ASK, "watch", "No clear answer"),
}
_STATES = {
    "waiting": Mark(Group.WAITING, "waiting", "Waiting for the payer"),
    "asking": Mark(Group.WAITING, "active", "Asking the payer"),
    "by_phone": Mark(Group.ASK, "watch", "Call the payer"),
    "outage": Mark(Group.ASK, "watch", "Payer cannot be reached"),
    "not_asked": Mark(Group.ASK, "watch", "Data is missing"),
}


def mark_of(state: str, verdict: str = "", settlement: str = "") -> Mark:
    """Of the newest check of the coverage that the visit has now."""
    if settlement:
        return _SETTLED[settlement]
    return _VERDICTS[verdict] if state == "answered" else _STATES[state]
