"""What two journeys over the same days came to: counts as the journeys' tables tell them, and rates made of them. Pure."""

from dataclasses import asdict, dataclass
from typing import Any, Self

SECTION = "first submissions"


@dataclass(frozen=True, slots=True)
class Side:
    """One journey. Claims by what became of their first submission; `held` were never sent. `sound`: each proof of the journey holds."""

    sent: int
    accepted: int
    rejected: int
    held: int
    decided: int
    denied: int
    sound: bool

    @classmethod
    def of(cls, told: dict[str, Any]) -> Self:
        """From `manage.py journey --json`."""
        counts = {
            name: int(told["table"].get(f"{SECTION}: {name}", [0])[0])
            for name in ("sent", "accepted", "rejected", "held", "decided", "denied")
        }
        return cls(**counts, sound=not any(told["proofs"].values()))

    @property
    def first_pass(self) -> float | None:
        """Accepted at every hop, of those that were answered; None where none was."""
        answered = self.accepted + self.rejected
        return self.accepted / answered if answered else None

    @property
    def denial_rate(self) -> float | None:
        return self.denied / self.decided if self.decided else None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "first_pass": self.first_pass, "denial_rate": self.denial_rate}


def _rate(share: float | None) -> str:
    return "no data" if share is None else f"{share:.1%}"


def as_text(all_rules: Side, form: Side) -> str:
    rows = [
        ("", "all rules", "well-formedness only"),
        ("claims sent", f"{all_rules.sent:,}", f"{form.sent:,}"),
        ("held for a person, never sent", f"{all_rules.held:,}", f"{form.held:,}"),
        ("accepted first time", f"{all_rules.accepted:,}", f"{form.accepted:,}"),
        ("rejected first time", f"{all_rules.rejected:,}", f"{form.rejected:,}"),
        ("first-pass acceptance", _rate(all_rules.first_pass), _rate(form.first_pass)),
        ("decided by a payer", f"{all_rules.decided:,}", f"{form.decided:,}"),
        ("denied on the first remittance", _rate(all_rules.denial_rate), _rate(form.denial_rate)),
    ]
    return "\n".join(f"{name:<32}{one:>12}{other:>24}" for name, one, other in rows)


def compare(all_rules: Side, form: Side) -> str:
    unsound = [name for name, side in (("all rules", all_rules), ("well-formedness only", form)) if not side.sound]
    if unsound:
        return f"a proof of the journey does not hold ({', '.join(unsound)})"
    return f"first-pass acceptance {_rate(all_rules.first_pass)} with all rules, {_rate(form.first_pass)} with well-formedness only"
