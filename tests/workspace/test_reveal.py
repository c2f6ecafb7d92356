"""Identity numbers are masked on every page; who may see one whole leaves a row in the trail."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.practice.roles import Role
from apps.remittances.models import RemittanceException
from apps.workspace.selectors.reveals import KINDS
from tests.eligibility.answers import about_patient
from tests.factories.claims import ClaimFactory
from tests.factories.connectors import TransmissionFactory
from tests.factories.denials import denial
from tests.factories.eligibility import AnsweredCheckFactory
from tests.factories.intake import CoverageFactory
from tests.factories.remittances import clp, payment, submitted_claim, without_our_numbers
from tests.remittances.test_pages import posted
from tests.workspace.test_claim_page import page_of, paid_claim

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
MEMBER = "LP000004417"
DOTS = "•••• 4417"
HTMX = {"HX-Request": "true"}
REMITTED = b"""ISA*00*          *00*          *ZZ*PAYER          *ZZ*PECANROW       *260928*0900*^*00501*000000077*0*P*:~
GS*HP*PAYER*PECANROW*20260928*0900*77*X*005010X221A1~
ST*835*0001~
CLP*T1*4*148*0**12*P9001~
NM1*QC*1*HATHAWAY*ROSALIND****MI*LP000004417~
SVC*HC:99213*148*0~
CAS*CO*50*148~
SE*6*0001~
GE*1*77~
IEA*1*000000077~
"""


def reveal(client: Client, kind: str, *of: str) -> str:
    answer = client.post(reverse("workspace:reveal", args=[kind, "/".join(of)]), headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


def text(client: Client, name: str, *args: str) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_member_id_is_masked_until_somebody_asks(biller: Client) -> None:
    cover = CoverageFactory(member_id=MEMBER)
    shown = text(biller, "workspace:patient", cover.patient.public_id)
    assert MEMBER not in shown
    assert DOTS in shown
    assert reverse("workspace:reveal", args=["coverage", cover.public_id]) in shown
    assert reveal(biller, "coverage", cover.public_id).strip() == f'<span class="identity">{MEMBER}</span>'
    event = AuditEvent.objects.get(action="reveal")
    assert (event.subject_kind, event.subject_public_id) == ("coverage", cover.public_id)
    assert (event.patients, event.actor is not None) == ([cover.patient.public_id], True)
    assert MEMBER not in str(event.detail)


def test_without_script_it_is_a_page_of_its_own(biller: Client) -> None:
    cover = CoverageFactory(member_id=MEMBER)
    answer = biller.post(reverse("workspace:reveal", args=["coverage", cover.public_id]))
    assert MEMBER in answer.content.decode()
    assert reverse("workspace:patient", args=[cover.patient.public_id]) in answer.content.decode()
    assert b"UNDEFINED_VARIABLE" not in answer.content


def test_a_link_reveals_nothing(biller: Client) -> None:
    address = reverse("workspace:reveal", args=["coverage", CoverageFactory().public_id])
    assert biller.get(address).status_code == 405
    assert not AuditEvent.objects.filter(action="reveal").exists()


def test_who_may_not_see_numbers_is_offered_nothing_and_refused(signed_in: SignIn) -> None:
    coder, claim = signed_in(Role.CODER), ClaimFactory(encounter__coverage__member_id=MEMBER)
    shown = coder.get(page_of(claim)).content.decode()
    assert MEMBER not in shown
    assert "/reveal/" not in shown
    address = reverse("workspace:reveal", args=["coverage", claim.coverage.public_id])
    assert coder.post(address).status_code == 403
    assert not AuditEvent.objects.filter(action="reveal").exists()


def test_a_number_of_a_page_that_one_may_not_open_stays_hidden(signed_in: SignIn) -> None:
    address = reverse("workspace:reveal", args=["denial", denial("50").public_id])
    assert signed_in(Role.FRONT_DESK).post(address).status_code == 403


@pytest.mark.parametrize("kind", [*sorted(KINDS), "nothing"])
def test_what_is_not_there_is_not_found(biller: Client, kind: str) -> None:
    assert biller.post(reverse("workspace:reveal", args=[kind, "nothing"])).status_code == 404


@pytest.mark.long
def test_the_denials_raw_segments_hide_the_member_id(biller: Client) -> None:
    found = denial("50", transmission=TransmissionFactory(kind="835", payload=REMITTED), segment=7)
    shown = text(biller, "denials:card", found.public_id)
    assert "NM1*QC*1*HATHAWAY*ROSALIND****MI*••••4417" in shown
    assert MEMBER not in shown
    assert MEMBER in reveal(biller, "denial", found.public_id)


@pytest.mark.long
def test_a_letter_that_is_only_read_hides_the_member_id_and_one_that_is_edited_is_a_reveal(
    biller: Client, signed_in: SignIn
) -> None:
    found = denial("50")
    member = found.claim.coverage.member_id
    assert member in text(biller, "denials:card", found.public_id)
    assert AuditEvent.objects.get(action="reveal").subject_public_id == found.public_id
    type(found).objects.filter(pk=found.pk).update(state="appealed")
    assert member not in text(biller, "denials:card", found.public_id)
    assert AuditEvent.objects.filter(action="reveal").count() == 1


def test_the_payers_reply_hides_ids_and_birth_dates(biller: Client) -> None:
    reply = TransmissionFactory(kind="271", payload=about_patient("DMG*D8*19810714*F", "EB*1**30**GOLD"))
    told = {"other_payer": {"name": "Bluebonnet", "identifier": "", "member_id": "BBM0004417", "instead": False}}
    check = AnsweredCheckFactory(answer=reply, benefits=told)
    shown = text(biller, "eligibility:check", check.public_id)
    assert "DMG*D8*••••*F" in shown
    assert "BBM0004417" not in shown
    assert "DMG*D8*19810714*F" in reveal(biller, "eligibility_check", check.public_id)
    assert "BBM0004417" in reveal(biller, "other_plan", check.public_id)


@pytest.mark.long
def test_a_claims_file_and_a_remittance_hide_ids(biller: Client, now: datetime) -> None:
    claim = paid_claim()
    file = claim.events.get(what="Remittance posted.").transmission
    assert file is not None
    for meant in ("8", "9" * 5000):
        assert "CLP*" in reveal(biller, "claim_file", claim.public_id, file.public_id, meant)
    other = submitted_claim("100.00")
    stored = posted(payment(clp(other), payer=other.payer), now=now)
    member = other.coverage.member_id
    assert member not in text(biller, "remittances:claim_part", stored.public_id, "1", "1")
    assert member in reveal(biller, "remitted_claim", stored.public_id, "1", "1")
    assert "BPR*" in reveal(biller, "remittance_payment", stored.public_id, "1")
    assert "ISA*" in reveal(biller, "remittance_file", stored.public_id)
    for kind in ("remittance_payment", "remittance_file"):
        event = AuditEvent.objects.get(action="reveal", subject_kind=kind)
        assert event.patients == [other.patient.public_id]


@pytest.mark.long
def test_the_edit_form_holds_the_member_id_for_those_who_edit_it_and_that_is_a_reveal(
    biller: Client, signed_in: SignIn
) -> None:
    claim: Claim = ClaimFactory(encounter__coverage__member_id=MEMBER, status=ClaimStatus.EXCEPTION)
    assert MEMBER in text(biller, "claims:exception", claim.public_id)
    assert AuditEvent.objects.get(action="reveal").subject_public_id == claim.public_id
    seen_by_a_coder = text(signed_in(Role.CODER), "claims:exception", claim.public_id)
    assert (MEMBER in seen_by_a_coder, DOTS in seen_by_a_coder) == (False, True)
    Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.PAID)
    assert MEMBER not in text(biller, "claims:exception", claim.public_id)
    assert AuditEvent.objects.filter(action="reveal").count() == 1


def test_an_exceptions_segments_hide_ids(biller: Client, now: datetime) -> None:
    stranger = submitted_claim("100.00")
    member = stranger.coverage.member_id
    posted(payment(without_our_numbers(clp(stranger), "LOST9"), payer=stranger.payer), now=now)
    found = RemittanceException.objects.first()
    assert found is not None
    assert member not in text(biller, "remittances:exception", found.public_id)
    assert member in reveal(biller, "remittance_exception", found.public_id)
