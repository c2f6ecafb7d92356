"""The last gate: what the implementation guide, in pyx12's reading, has against each of many claims."""

import re
from collections.abc import Mapping
from datetime import datetime

from apps.claims.encode.claims import ControlNumbers, TradingIds, write_claims
from apps.claims.encode.judge import UNREADABLE, Complaint, claims_at, judge, lines_at
from apps.claims.rules.findings import Issue
from apps.claims.rules.snapshot import BillingView, ClaimView
from apps.x12 import WriteError

# A trial file is never sent; its numbers only have to have the right shape.
_TRIAL = ControlNumbers(1, 1, 1, "TRIAL")

# What stands where in a claim (X222A1), as people call it.
_PLACES = {
    "CLM01": "The claim's number",
    "N301": "A street",
    "N302": "The second line of an address",
    "N401": "A city",
    "N403": "A ZIP code",
    "NM103": "A last name or an organization's name",
    "NM104": "A first name",
    "NM105": "A middle name",
    "NM109": "A member ID or another ID of a person, a payer or a provider",
    "REF02": "A reference (authorization, referral, the payer's claim number, CLIA)",
    "SBR03": "The group number",
    "SV101": "A procedure code, a modifier or its description",
}
_CHARACTER = re.compile(r"\b([A-Z][A-Z0-9]{1,2}\d\d) holds a character")

Issues = dict[int, list[Issue]]


def guide_issues(claims: Mapping[int, ClaimView], *, now: datetime) -> Issues:
    """Key to findings, for the claims that have any. One file for all of them; single files only where the place does not tell whose."""
    if not claims:
        return {}
    try:
        payload = _trial_file(claims, now)
    except WriteError:
        return _one_by_one(claims, now)
    complaints = judge(payload)
    if UNREADABLE in complaints:
        return _one_by_one(claims, now)
    return attribute(payload, complaints, claims) if complaints else {}


def unwritable(refusal: str) -> str:
    """A WriteError's message for people. It names no value, so neither does this."""
    place = _CHARACTER.search(refusal)
    if place is None or place[1] not in _PLACES:
        return refusal
    return (
        f"{_PLACES[place[1]]} ({place[1]}) holds a letter of another script or one of * : ^ ~, which a claim file cannot carry. "
        "Write it in the letters A to Z, as the payer has it."
    )


def attribute(payload: bytes, complaints: list[Complaint], claims: Mapping[int, ClaimView]) -> Issues:
    """Complaints of a file to the claims that they speak of; one that speaks of none is held against all, since the file cannot go."""
    keys = {claim.control_number: key for key, claim in claims.items()}
    positions = [complaint.position for complaint in complaints]
    whose, lines = claims_at(payload, positions), lines_at(payload, positions)
    found: Issues = {}
    for complaint in complaints:
        for control_number in whose[complaint.position] or tuple(keys):
            found.setdefault(keys[control_number], []).append(_issue(complaint, lines.get(complaint.position)))
    return found


def _issue(complaint: Complaint, line: int | None = None) -> Issue:
    return Issue(f"The guide's check refuses the claim: {complaint.sentence}", line=line)


def _one_by_one(claims: Mapping[int, ClaimView], now: datetime) -> Issues:
    found: Issues = {}
    for key, claim in claims.items():
        try:
            payload = _trial_file({key: claim}, now)
        except WriteError as error:
            found[key] = [Issue(unwritable(str(error))[:300])]
            continue
        complaints = judge(payload)
        if complaints:
            found[key] = [_issue(complaint) for complaint in complaints]
    return found


def _trial_file(claims: Mapping[int, ClaimView], now: datetime) -> bytes:
    billing = billing_of(claims)
    return write_claims(claims.values(), billing, TradingIds.of({}, billing), _TRIAL, now=now)


def billing_of(claims: Mapping[int, ClaimView]) -> BillingView:
    """The one practice of this installation. The rule `billing_provider` lets no claim past without it."""
    billing = next(iter(claims.values())).billing
    if billing is None:
        raise WriteError("The practice has not been set up.")
    return billing
