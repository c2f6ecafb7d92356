"""Authorizations and referrals (X222A1 2300 REF*G1, REF*9F): wanted by the payer, in force, for these services, with units left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.claims.rules.authorization_view import AUTHORIZATION, REFERRAL, AuthorizationView
from apps.claims.rules.findings import Fix, Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView, LineView


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    words: str
    field: str


_KINDS = (
    _Kind(AUTHORIZATION, "an authorization", "claim.prior_authorization"),
    _Kind(REFERRAL, "a referral", "claim.referral_number"),
)


def _number(claim: ClaimView, kind: _Kind) -> str:
    return (claim.prior_authorization if kind.name == AUTHORIZATION else claim.referral_number).strip()


def _asked(claim: ClaimView) -> bool:
    return claim.frequency != "8"


def _wanting(claim: ClaimView, kind: _Kind) -> list[LineView]:
    return [line for line in claim.lines if kind.name in claim.around.wanted.get(line.procedure, ())]


def _own(claim: ClaimView, kind: _Kind) -> AuthorizationView | None:
    """What is on file under the claim's number; a number that nobody entered here is the payer's to know."""
    number = _number(claim, kind)
    on_file = (each for each in claim.around.authorizations if each.kind == kind.name and each.number == number)
    return next(on_file, None) if number else None


def missing(claim: ClaimView) -> Iterator[Issue]:
    for kind in _KINDS:
        lines = _wanting(claim, kind) if _asked(claim) and not _number(claim, kind) else []
        if lines:
            codes = ", ".join(dict.fromkeys(line.procedure for line in lines))
            yield Issue(
                f"{claim.payer.name} wants {kind.words} for {codes}, and the claim has no number.",
                kind.field,
                fix=_fitting(claim, kind, lines),
            )


def _fitting(claim: ClaimView, kind: _Kind, lines: Sequence[LineView]) -> Fix | None:
    """The one on file that fits; of several a person chooses."""
    fitting = [
        each
        for each in claim.around.authorizations
        if each.kind == kind.name
        and each.holds_on(claim.service_date)
        and all(each.covers(line.procedure) for line in lines)
        and _left_after(claim, each) >= 0
    ]
    return Fix(kind.field, fitting[0].number, f"Use {fitting[0].number}") if len(fitting) == 1 else None


def dates(claim: ClaimView) -> Iterator[Issue]:
    for kind in _KINDS:
        own = _own(claim, kind)
        if own and _asked(claim) and not own.holds_on(claim.service_date):
            yield Issue(f"{kind.words.capitalize()} {own.number} is not in force on the date of service.", kind.field)


def services(claim: ClaimView) -> Iterator[Issue]:
    for kind in _KINDS:
        own = _own(claim, kind)
        for line in _wanting(claim, kind) if own and _asked(claim) else ():
            if own and not own.covers(line.procedure):
                yield Issue(
                    f"{kind.words.capitalize()} {own.number} does not name {line.procedure} of line {line.number}.",
                    kind.field,
                    line.number,
                )


def units(claim: ClaimView) -> Iterator[Issue]:
    for kind in _KINDS:
        own = _own(claim, kind)
        if own and own.allowed is not None and _asked(claim) and _left_after(claim, own) < 0:
            what = "visits" if kind.name == REFERRAL else "units"
            yield Issue(
                f"{kind.words.capitalize()} {own.number} allows {own.allowed.normalize():f} {what}; other claims use "
                f"{own.used.normalize():f}, this one {_uses(claim, own).normalize():f}.",
                kind.field,
            )


def _uses(claim: ClaimView, own: AuthorizationView) -> Decimal:
    """A referral is used by the visit, an authorization by the units of its services."""
    if own.kind == REFERRAL:
        return Decimal(1)
    return sum((line.units for line in claim.lines if own.covers(line.procedure)), Decimal(0))


def _left_after(claim: ClaimView, own: AuthorizationView) -> Decimal:
    return own.allowed - own.used - _uses(claim, own) if own.allowed is not None else Decimal(0)


RULES = (
    Rule("COV-AUTH-MISSING", "Authorization or referral missing", Severity.BLOCK, missing, overridable=True),
    Rule("COV-AUTH-DATES", "Authorization not in force", Severity.BLOCK, dates, overridable=True),
    Rule("COV-AUTH-SERVICE", "Service not authorized", Severity.BLOCK, services, overridable=True),
    Rule("COV-AUTH-UNITS", "Authorization used up", Severity.BLOCK, units, overridable=True),
)
