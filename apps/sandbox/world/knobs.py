"""What a test or a demo may turn. Shares are between 0 and 1; each is decided by hash, per claim, file or request."""

import math
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeGuard

NOT_WHILE_RUNNING = frozenset({"mess", "visits_per_day"})
BOOKINGS = ("none", "short_notice", "all")
NOT_SHARES = frozenset({"response_delay_hours", "slow_seconds"})


def _denials() -> dict[str, float]:
    return {
        "50": 0.018,
        "97": 0.015,
        "16": 0.012,
        "22": 0.0,
        "197": 0.006,
        "29": 0.003,
        "96": 0.004,
        "B7": 0.002,
        "4": 0.006,
    }


def _mess() -> dict[str, float]:
    return {
        "missing_address": 0.02,
        "lapsed": 0.025,
        "wrong_member_id": 0.02,
        "other_payer": 0.02,
        "missing_modifier_25": 0.12,
    }


def _patients() -> dict[str, float]:
    return {"pay_now": 0.30, "pay_later": 0.22, "open_only": 0.12, "stop": 0.015}


@dataclass(frozen=True)
class Knobs:
    visits_per_day: int = 8
    denials: dict[str, float] = field(default_factory=_denials)
    mess: dict[str, float] = field(default_factory=_mess)
    patients: dict[str, float] = field(default_factory=_patients)
    payer_reject: float = 0.006
    clearinghouse_reject: float = 0.004
    days_to_pay: int | None = None  # for every payer; None: each payer's own
    response_delay_hours: float = 0.0  # on top, for 999 and 277CA
    lose_999: float = 0.0
    lose_277: float = 0.0
    lose_835: float = 0.0
    repeat_835: float = 0.0  # the same file a second time, under another name
    cut_uploads: float = 0.0  # the clearinghouse has the file, the sender's connection breaks
    eligibility_down: float = 0.0  # AAA 42
    not_enrolled: list[str] = field(
        default_factory=list
    )  # "PAYER NPI": claims of that provider are refused at the door
    silent_payers: list[str] = field(default_factory=list)  # these send no 277CA
    interest: float = 0.04
    recoupment: float = 0.02
    underpays: float = 0.008  # of first claims: a line is allowed below the contract
    undelivered: float = 0.02
    charges_at_checkout: float = 0.70
    charges_next_day: float = 0.05
    announce_checkouts: bool = True  # APPOINTMENT_MODIFY at each checkout
    announce_bookings: str = "short_notice"  # APPOINTMENT_CREATE: none, short_notice, all
    http_500: float = 0.0
    http_429: float = 0.0
    slow_seconds: float = 0.0

    def turned(self, changes: dict[str, Any]) -> "Knobs":
        """Raises ValueError for a name or a value that no knob takes."""
        known = {each.name for each in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"There is no knob called {name}.")
            _check(name, value, getattr(UNTURNED, name))
        merged: dict[str, Any] = {
            name: {**getattr(self, name), **value} if isinstance(value, dict) else value
            for name, value in changes.items()
        }
        return replace(self, **merged)


# What each knob takes follows from what it is at first, however it was turned since: a share may stand at a whole 1.
UNTURNED = Knobs()


def _check(name: str, value: object, first: object) -> None:
    if name == "days_to_pay":
        fits = value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)
    elif name == "announce_bookings":
        fits = value in BOOKINGS
    elif name in NOT_SHARES:
        fits = _is_number(value)
    elif isinstance(first, dict):
        fits = isinstance(value, dict) and all(name in first and _is_share(share) for name, share in value.items())
    elif isinstance(first, list):
        fits = isinstance(value, list) and all(isinstance(each, str) for each in value)
    elif isinstance(first, float):
        fits = _is_share(value)
    else:
        fits = isinstance(value, type(first))
    if not fits:
        raise ValueError(f"Knob {name} does not take {value!r}.")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def _is_share(value: object) -> bool:
    return _is_number(value) and value <= 1
