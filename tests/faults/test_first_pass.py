"""First-pass acceptance with all rules and with well-formedness only, by the judgement of the sandbox's clearinghouse and payers.

What they refuse is theirs to know: members, coverage on the day, who pays first, enrolled providers, NCCI. No rule of ours is asked there.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from django.db import transaction
from pytest_django import Settings

from apps.automations.demo.load import load_demo
from apps.claims import services
from apps.claims.models import Claim, Finding
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection
from apps.connectors.registry import connection_of
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services import NewCheck, check_eligibility, start_checks
from apps.intake.services import pull_charges
from apps.practice.models import Payer, Provider, ProviderEnrollment
from apps.reports.metrics import first_pass
from apps.sandbox.world.payers import MEDICARE
from apps.sandbox.world.practice import PROVIDERS
from tests.outside import Sandbox, running_sandbox

pytestmark = [pytest.mark.faults, pytest.mark.django_db]
EVENING = datetime.fromisoformat("2026-09-16T21:45:00-05:00")
FIRST = LAST = date(2026, 9, 11)
# The nurse practitioner has applied to Medicare, which does not know her yet: it says so at its door, we have it in the directory.
APPLICANT, PAYER = PROVIDERS[3].npi, MEDICARE.payer_id


class Side(NamedTuple):
    """Claims by what became of their first submission; `held` were not sent, by the rule that holds them. `why`: of the rejected."""

    accepted: int
    rejected: int
    held: Counter[str]
    why: Counter[str]

    @property
    def rate(self) -> float:
        return self.accepted / (self.accepted + self.rejected)


def practice(sandbox: Sandbox) -> None:
    load_demo(sandbox.facts, now=EVENING)
    ProviderEnrollment.objects.create(
        provider=Provider.objects.get(npi=APPLICANT),
        payer=Payer.objects.get(claims_id=PAYER),
        state=ProviderEnrollment.State.APPLIED,
    )


def asked(claims: list[Claim]) -> None:
    """What the nightly checks ask of visits ahead, asked of these."""
    new = [
        NewCheck(
            coverage=claim.coverage,
            service_date=claim.service_date,
            reason=EligibilityCheck.Reason.ON_DEMAND,
            round=f"visit {claim.pk}",
        )
        for claim in claims
    ]
    for check in start_checks(new, now=EVENING):
        check_eligibility(check_id=check.public_id, now=EVENING)


def lived(sandbox: Sandbox) -> Side:
    """The visits of one working day, sent on one evening and answered at every hop."""
    for batch in services.batch_claims(now=EVENING).batches:
        services.submit_batch(batch_id=batch, now=EVENING)
    for hours in (2, 48):
        later = EVENING + timedelta(hours=hours)
        sandbox.control("advance", {"to": later.isoformat()})
        services.fetch_responses(connection=connection_of(Connection.Kind.CLEARINGHOUSE), now=later)
        services.acknowledge_claims(now=later)
    accepted, rejected, _ = (int(part.value or 0) for part in first_pass.measure(date(2026, 9, 19)).parts)
    found = Finding.objects.filter(state=Finding.State.OPEN, severity="block")
    held = found.filter(claim__status=ClaimStatus.EXCEPTION).values_list("rule", flat=True)
    why = found.filter(claim__status=ClaimStatus.REJECTED).values_list("sentence", flat=True)
    return Side(accepted, rejected, Counter(held), Counter(why))


def side(folder: Path, settings: Settings, *, only_form: bool) -> Side:
    folder.mkdir()
    settings.DEMO_MODE, settings.VAR_DIR, settings.SCRUB_ONLY_WELL_FORMED = True, folder, only_form
    with running_sandbox(folder, EVENING.isoformat(), not_enrolled=[f"{PAYER} {APPLICANT}"]) as sandbox:
        practice(sandbox)
        pull_charges(connection=connection_of(Connection.Kind.EHR), first=FIRST, last=LAST, now=EVENING)
        while services.build_claims(now=EVENING).more:
            pass
        if not only_form:  # no rule would read the answers
            asked(list(Claim.objects.select_related("coverage__payer").order_by("pk")))
        while services.scrub_claims(now=EVENING).more:
            pass
        return lived(sandbox)


def test_the_rules_keep_at_home_what_the_clearinghouse_and_the_payers_would_refuse(
    tmp_path: Path, settings: Settings
) -> None:
    sides = {}
    for only_form in (False, True):
        with transaction.atomic():
            sides[only_form] = side(tmp_path / str(only_form), settings, only_form=only_form)
            transaction.set_rollback(True)
    all_rules, form = sides[False], sides[True]
    assert all_rules.rate > 0.95
    assert all_rules.rate - form.rate > 0.05
    refused = {code for code in ("164", "88", "453", "91") for words in form.why if f"({code})" in words}
    assert refused == {"164", "88", "453", "91"}  # a member, coverage on the day, a modifier, an enrollment
    assert not [words for words in all_rules.why for code in refused if f"({code})" in words]
    assert set(all_rules.held) == {"COV-ACTIVE", "MOD-25", "PRV-ENROLLED", "WF-PATIENT-ADDRESS"}
    assert set(form.held) == {"WF-PATIENT-ADDRESS"}
