"""What each lane has ready for the person: a proposal, facts, a letter's draft. Nothing clinical is decided here (DOMAIN 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.claims.rules.modifiers import is_procedure
from apps.claims.rules.visits import OFFICE_VISITS, PREVENTIVE_VISITS

# N111: the payer says that it has this very service already, whatever the reason code.
DUPLICATE_REMARKS = frozenset({"N111", "N522"})
# No appeal rights: the claim could not be processed, or was late for Medicare (DOMAIN 5).
NO_APPEAL_REMARKS = frozenset({"MA130", "N211"})


@dataclass(frozen=True, slots=True)
class LineView:
    number: int
    procedure: str
    modifiers: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        return "-".join((self.procedure, *self.modifiers))

    @property
    def is_visit(self) -> bool:
        return self.procedure in OFFICE_VISITS or self.procedure in PREVENTIVE_VISITS

    @property
    def is_procedure(self) -> bool:
        return is_procedure(self.procedure)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A modifier for one line and why. A coder confirms that the record supports it before anything is sent."""

    line: int
    modifier: str
    because: tuple[str, ...]


def propose_modifier(denied: LineView | None, lines: Sequence[LineView]) -> Proposal | None:
    """None where nothing on the claim points to one: then a person reads the record."""
    if denied is None or not denied.is_visit or "25" in denied.modifiers:
        return None
    others = [line for line in lines if line.number != denied.number]
    procedure = next((line for line in others if line.is_procedure), None)
    preventive = next((line for line in others if line.procedure in PREVENTIVE_VISITS), None)
    if procedure:
        reason = f"Line {procedure.number} ({procedure.written}) is a procedure of the same day by the same provider."
    elif preventive and denied.procedure in OFFICE_VISITS:
        reason = f"Line {preventive.number} ({preventive.written}) is a preventive visit of the same day."
    else:
        return None
    return Proposal(denied.number, "25", (reason, "Modifier 25 says that the visit was significant and separate."))


def correction(denied: LineView | None, lines: Sequence[LineView]) -> dict[str, Any]:
    proposal = propose_modifier(denied, lines)
    return {
        "kind": "correction",
        "line": denied.number if denied else None,
        "procedure": denied.procedure if denied else "",
        "sent_modifiers": list(denied.modifiers) if denied else [],
        "modifier": proposal.modifier if proposal else "",
        "because": list(proposal.because) if proposal else [],
    }


def coding_review(denied: LineView | None, lines: Sequence[LineView], remarks: Sequence[str]) -> dict[str, Any]:
    """The facts a coder needs; whether two services were distinct is the coder's to say."""
    others = [line for line in lines if denied is None or line.number != denied.number]
    return {
        "kind": "coding_review",
        "line": denied.number if denied else None,
        "code": denied.written if denied else "",
        "beside": [{"line": line.number, "code": line.written} for line in others],
        "already_distinct": bool(denied and set(denied.modifiers) & {"59", "XE", "XP", "XS", "XU"}),
        "duplicate": bool(DUPLICATE_REMARKS & set(remarks)),
    }


def may_appeal(remarks: Sequence[str]) -> bool:
    return not NO_APPEAL_REMARKS & set(remarks)
