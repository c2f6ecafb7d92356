"""What people do about findings: apply a fix, confirm a coding proposal, override with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.audit.trail import record
from apps.claims.models import Claim, Finding
from apps.claims.rules.fields import Change
from apps.claims.rules.findings import Fix
from apps.claims.selectors.payer_rules import rules_of
from apps.claims.services.change_fields import change_fields, locked_claims, require_coder, require_editable
from apps.claims.services.edit_claim import scrub_siblings, touch
from apps.claims.services.lines_off import movable_claim
from apps.claims.services.lower_units import lower
from apps.claims.services.scrub_claims import scrub_these
from apps.core.models import User
from apps.core.sentences import inside


class CannotSettleError(Exception):
    """The finding is settled already, has no fix, or may not be overridden. The message says which."""


@dataclass(frozen=True, slots=True)
class FixResult:
    """Findings fixed, and claims that are ready to send now."""

    fixed: int
    ready: int


@transaction.atomic
def apply_fixes(*, finding_ids: Sequence[int], acting_user: User, now: datetime) -> FixResult:
    """Apply the suggested fixes of any number of findings. Never a clinical one: that is a proposal for a coder (DOMAIN 2).

    Raises CannotSettleError (then none is applied) and ClaimNotEditableError.
    """
    findings = _open_findings(finding_ids)
    fixes = {finding.pk: _fix(finding) for finding in findings}
    if any(fix.clinical for fix in fixes.values()):
        raise CannotSettleError("A proposal that says something of the visit is confirmed by a coder, one at a time.")
    claims = {claim.pk: claim for claim in locked_claims(finding.claim.public_id for finding in findings)}
    for key, claim in claims.items():
        require_editable(claim)
        mine = [fixes[finding.pk] for finding in findings if finding.claim_id == key]
        change_fields(claim, [Change(fix.field, fix.value, fix.line) for fix in mine], acting_user=acting_user, now=now)
    _settle(findings, Finding.State.FIXED, acting_user, now)
    ready = _scrub(list(claims.values()), "A suggested fix was applied.", acting_user, now)
    scrub_siblings(list(claims.values()), now=now)
    _audit("apply_fix", list(claims.values()), findings, acting_user, now)
    return FixResult(len(findings), ready)


@transaction.atomic
def confirm_coding(*, finding_id: int, statement: str, acting_user: User, now: datetime) -> bool:
    """A named coder confirms that the record supports the proposal; it is applied. True: the claim is ready to send.

    `statement` says where the record shows it; it stays with the finding. Raises PermissionDenied, CannotSettleError,
    ClaimNotEditableError, and LineNotMovableError where a charge would have to fall that a payer has answered.
    """
    require_coder(acting_user)
    (finding,) = _open_findings([finding_id])
    fix = _fix(finding)
    if not statement.strip():
        raise CannotSettleError("Say where the record supports it.")
    (claim,) = locked_claims([finding.claim.public_id])
    require_editable(claim)
    done = _apply(claim, fix, statement, acting_user, now)
    _settle([finding], Finding.State.FIXED, acting_user, now, statement.strip())
    ready = _scrub([claim], f"A coder confirmed the proposal from the record. {done}".strip(), acting_user, now)
    scrub_siblings([claim], now=now)
    _audit("confirm_coding", [claim], [finding], acting_user, now)
    return ready == 1


@transaction.atomic
def override_finding(*, finding_id: int, reason: str, acting_user: User, now: datetime) -> bool:
    """Send the claim in spite of a finding. True: it is ready. What X12 cannot carry is not overridden, and a clinical finding only
    by a coder. Raises PermissionDenied, CannotSettleError, ClaimNotEditableError.
    """
    (finding,) = _open_findings([finding_id])
    rule = rules_of([finding])[finding.pk]
    if not rule.overridable:
        raise CannotSettleError("This cannot be overridden: the claim would be refused as it is.")
    if rule.clinical:
        require_coder(acting_user)
    if not reason.strip():
        raise CannotSettleError("Give a reason.")
    (claim,) = locked_claims([finding.claim.public_id])
    require_editable(claim)
    _settle([finding], Finding.State.OVERRIDDEN, acting_user, now, reason.strip())
    ready = _scrub([claim], f"Overridden: {inside(rule.title)}.", acting_user, now)
    _audit("override_finding", [claim], [finding], acting_user, now)
    return ready == 1


def _apply(claim: Claim, fix: Fix, statement: str, acting_user: User, now: datetime) -> str:
    """What else there is to tell of it."""
    if fix.charge_falls and fix.line is not None:
        movable = movable_claim(claim.public_id, statement, acting_user)
        return lower(movable, fix.line, Decimal(str(fix.value)), charge_falls=True, acting_user=acting_user, now=now)
    change_fields(claim, [Change(fix.field, fix.value, fix.line)], acting_user=acting_user, now=now)
    return ""


def _open_findings(finding_ids: Sequence[int]) -> list[Finding]:
    locked_claims(Claim.objects.filter(findings__in=finding_ids).values_list("public_id", flat=True))
    rows = Finding.objects.filter(pk__in=finding_ids, state=Finding.State.OPEN).select_related("claim")
    findings = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if not findings or len(findings) != len(set(finding_ids)):
        raise CannotSettleError("This finding has been settled meanwhile.")
    return findings


def _fix(finding: Finding) -> Fix:
    if not finding.fix:
        raise CannotSettleError("There is no suggested fix for this finding.")
    return Fix.from_json(finding.fix)


def _settle(
    findings: Sequence[Finding], state: Finding.State, acting_user: User, now: datetime, reason: str = ""
) -> None:
    Finding.objects.filter(pk__in=[finding.pk for finding in findings]).update(
        state=state, settled_by=acting_user, settled_at=now, override_reason=reason[:300]
    )


def _scrub(claims: Sequence[Claim], what: str, acting_user: User, now: datetime) -> int:
    touch(claims, what, acting_user=acting_user, now=now)
    return scrub_these([claim.pk for claim in claims], now=now, acting_user=acting_user)


def _audit(action: str, claims: Sequence[Claim], findings: Sequence[Finding], acting_user: User, now: datetime) -> None:
    """Rules and claims by name; the reason stays with the finding, since it may speak of the patient."""
    record(
        action,
        acting_user=acting_user,
        now=now,
        subject_kind="claim",
        subject_public_id=claims[0].public_id if len(claims) == 1 else "",
        patients=[claim.patient.public_id for claim in claims],
        rules=sorted({finding.rule for finding in findings}),
        findings=[finding.pk for finding in findings],
    )
