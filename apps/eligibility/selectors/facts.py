"""A payer's answer as people read it."""

from datetime import date
from typing import NamedTuple

from django.db.models import Q

from apps.core.shown import full_day, money
from apps.eligibility.models import EligibilityCheck
from apps.practice.models import Payer
from apps.practice.selectors.payer_channels import payers_under
from apps.x12.explain import explain


class Fact(NamedTuple):
    label: str
    value: str


_MONEY = (
    ("copay", "Copay"),
    ("deductible", "Deductible"),
    ("deductible_left", "Deductible left"),
    ("out_of_pocket_left", "Out of pocket left"),
)


def benefit_facts(check: EligibilityCheck) -> list[Fact]:
    """What the newest answer says, without what it does not say."""
    told = check.benefits
    facts = [Fact("Plan", told.get("plan") or ""), Fact("Coverage", _dates(told.get("begins_on"), told.get("ends_on")))]
    facts += [Fact(label, _either([money(value) for value in told.get(key, [])])) for key, label in _MONEY]
    facts.append(Fact("Coinsurance", _either([f"{float(value) * 100:g}%" for value in told.get("coinsurance", [])])))
    other = told.get("other_payer")
    if other:
        facts.append(Fact("Other plan", other["name"]))
    if told.get("needs_authorization"):
        facts.append(Fact("Authorization", "Needed for some services"))
    if told.get("medicaid_pays_cost_share"):
        facts.append(Fact("Cost share", "Medicaid pays it; the patient is not billed"))
    return [fact for fact in facts if fact.value]


def _either(values: list[str]) -> str:
    return " or ".join(values)


def _dates(begins: str | None, ends: str | None) -> str:
    since = f"since {full_day(date.fromisoformat(begins))}" if begins else ""
    until = f"until {full_day(date.fromisoformat(ends))}" if ends else ""
    words = ", ".join(part for part in (since, until) if part)
    return words[:1].upper() + words[1:]


def other_member_id(check: EligibilityCheck) -> str:
    """The member ID at the other plan that the payer named; empty without one."""
    return str((check.benefits.get("other_payer") or {}).get("member_id") or "")


def suggested_coverage(check: EligibilityCheck) -> dict[str, str]:
    """The other plan that the payer named, for the form of a new coverage; empty where we do not know that payer."""
    other = check.benefits.get("other_payer")
    if not other:
        return {}
    named = Q(name__iexact=other["name"])
    if other["identifier"]:
        named |= Q(pk__in=payers_under(other["identifier"]))
    payer = Payer.objects.filter(named).order_by("pk").first()
    return {"payer": payer.public_id, "member_id": other["member_id"]} if payer else {}


def raw_answer(check: EligibilityCheck) -> list[tuple[str, str, bool]]:
    """The stored 271, segment by segment; those that decide (EB, AAA) marked."""
    if check.answer is None:
        return []
    return [(found.name, found.raw, found.id in {"EB", "AAA"}) for found in explain(bytes(check.answer.payload))]
