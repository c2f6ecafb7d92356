from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.claims.selectors.corrections import corrections_view
from apps.claims.states import ClaimStatus
from apps.core.templatetags.ui import figure
from apps.denials.models import Denial
from apps.practice.models import Payer
from apps.practice.roles import Role
from apps.worklist.models import WorkItem, WorkNote
from tests.denials.pages import page, press
from tests.factories.connectors import TransmissionFactory
from tests.factories.denials import denial
from tests.factories.eligibility import AnsweredCheckFactory
from tests.factories.ledger import post_as_billed
from tests.factories.practice import PayerDeadlineFactory, PayerFactory, UserFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


REMITTANCE = b"""ISA*00*          *00*          *ZZ*PAYER          *ZZ*PECANROW       *260928*0900*^*00501*000000077*0*P*:~
GS*HP*PAYER*PECANROW*20260928*0900*77*X*005010X221A1~
ST*835*0001~
BPR*I*0*C*NON************20260928~
TRN*1*8841207733*1123456789~
LX*1~
CLP*OTHER*1*10*10**12*P1~
CLP*T1*4*148*0**12*P9001~
NM1*QC*1*HATHAWAY*ROSALIND~
SVC*HC:99213*148*0~
CAS*CO*50*148~
CLP*NEXT*1*10*10**12*P2~
SE*11*0001~
GE*1*77~
IEA*1*000000077~
"""


def test_the_card_tells_what_happened_and_shows_the_claims_own_segments(biller: Client):
    found = denial(
        "50", remarks=("N115",), transmission=TransmissionFactory(kind="835", payload=REMITTANCE), segment=10
    )
    text = page(biller, "denials:card", found.public_id)
    for words in (
        "Not medically necessary, they say",
        "Based on a local coverage rule",
        "CAS*CO*50*148",
        "CLP*T1*4*148",
    ):
        assert words in text
    assert "CLP*OTHER" not in text
    assert "CLP*NEXT" not in text


@pytest.mark.long
def test_the_lines_show_what_the_payer_said_of_each(biller: Client):
    found = denial("50", amount="100.00", paid=Decimal("30.00"), cost_share=Decimal("18.00"), beside=("20610",))
    text = page(biller, "denials:card", found.public_id)
    first = text[text.index('<tr class="attention">') :]
    said = (figure("Allowed", Decimal("48.00")), figure("Paid", Decimal("30.00")), figure("Patient", Decimal("18.00")))
    assert "".join(said) in first
    assert figure("Allowed", None) in first


@pytest.mark.long
def test_an_unknown_deadline_says_so_and_a_known_one_names_its_source(biller: Client):
    unknown = denial("50")
    assert "No deadline is entered for this payer, so none is guessed." in page(
        biller, "denials:card", unknown.public_id
    )
    payer = PayerFactory()
    PayerDeadlineFactory(payer=payer, days=25)
    known = denial("50", claim__encounter__coverage__payer=payer)
    assert "Provider manual, chapter 7" in page(biller, "denials:card", known.public_id)


def test_the_payers_whole_contact_stands_on_the_card(biller: Client):
    payer = PayerFactory(fax="+15125550177", form="https://payer.example.com/form.pdf", line1="PO Box 4100")
    text = page(biller, "denials:card", denial("50", claim__encounter__coverage__payer=payer).public_id)
    for words in ("(800) 555-0100", "(512) 555-0177", "https://payer.example.com/form.pdf", "PO Box 4100"):
        assert words in text


def test_a_view_leaves_one_row_in_the_trail(biller: Client):
    found = denial("16")
    page(biller, "denials:card", found.public_id)
    event = AuditEvent.objects.get(subject_kind="denial")
    assert (event.action, event.subject_public_id, event.patients) == (
        "view",
        found.public_id,
        [found.claim.patient.public_id],
    )


@pytest.mark.long
def test_the_modifier_lane_goes_from_biller_to_coder_and_out(signed_in: SignIn):
    biller, coder = signed_in(Role.BILLER), signed_in(Role.CODER)
    found = denial("4", beside=("20610",))
    text = page(biller, "denials:card", found.public_id)
    assert "<ins>-25</ins>" in text
    assert "Ask a coder" in text
    assert "With the coders" in press(biller, "ask_a_coder", found)
    assert "Does the record support it?" in page(coder, "denials:card", found.public_id)
    press(coder, "confirm", found, modifier="25", confirmation="A separate problem is documented.")
    text = page(biller, "denials:card", found.public_id)
    assert "A separate problem is documented." in text
    assert "Send corrected claim" in text
    assert "leaves with the next file" in press(biller, "send", found)
    found.claim.refresh_from_db()
    assert (found.state, found.claim.status) == (Denial.State.CORRECTED, ClaimStatus.DRAFT)


def test_a_refusal_is_told_and_nothing_is_lost(biller: Client):
    found = denial("4", beside=("20610",))
    assert "A coder confirms the change first." in press(biller, "send", found)
    assert found.state == Denial.State.OPEN


@pytest.mark.long
def test_a_payer_that_reopens_offers_no_corrected_claim(signed_in: SignIn):
    found = denial("4", beside=("20610",))
    Payer.objects.update(correction_route=Payer.CorrectionRoute.REOPENING)
    press(signed_in(Role.CODER), "confirm", found, modifier="25", confirmation="Documented.")
    biller = signed_in(Role.BILLER)
    text = page(biller, "denials:card", found.public_id)
    assert "Send corrected claim" not in text
    assert f"{found.payer.name} corrects by reopening: use its portal, phone or form." in text
    press(biller, "reopened", found, channel="portal", tracking_number="R-1")
    assert found.state == Denial.State.CORRECTED


@pytest.mark.long
@pytest.mark.parametrize(
    ("payer", "facts", "remarks", "sends"),
    [
        ({}, {}, (), True),
        ({}, {"payer_claim_number": ""}, (), False),
        ({"filing_indicator": "MB"}, {}, (), False),
        ({"correction_route": "reopening"}, {}, ("N142",), True),
        ({}, {"status": ClaimStatus.ACCEPTED}, (), False),
        ({}, {"status": ClaimStatus.REVERSED}, (), False),
    ],
)
def test_the_card_and_the_claims_page_say_the_same_of_corrections(
    *,
    payer: dict[str, str],
    facts: dict[str, str],
    remarks: tuple[str, ...],
    sends: bool,
    signed_in: SignIn,
):
    found = denial("4", beside=("20610",), remarks=remarks)
    Payer.objects.update(**payer)
    Claim.objects.update(**facts)
    press(signed_in(Role.CODER), "confirm", found, modifier="25", confirmation="Documented.")
    biller = signed_in(Role.BILLER)
    card, claim = page(biller, "denials:card", found.public_id), page(biller, "workspace:claim", found.claim.public_id)
    assert ("Send corrected claim" in card) == sends
    view = corrections_view(Claim.objects.get())
    said = [offer.why for offer in view.offers] or [view.pending]
    for sentence in said:
        assert escape(sentence) in card
        assert escape(sentence) in claim


@pytest.mark.long
def test_what_a_payer_decided_that_was_passed_on_is_corrected_with_that_payer(signed_in: SignIn):
    found = denial("4", beside=("20610",))
    press(signed_in(Role.CODER), "confirm", found, modifier="25", confirmation="Documented.")
    other = PayerFactory(name="Second Prairie")
    Denial.objects.update(payer=other)
    biller = signed_in(Role.BILLER)
    sentence = f"Second Prairie decided what {found.claim.payer.name} had passed on"
    text = page(biller, "denials:card", found.public_id)
    assert sentence in text
    assert "Send corrected claim" not in text
    assert sentence in press(biller, "send", found)
    assert found.claim.corrections.count() == 0


def written(biller: Client, found: Denial) -> str:
    text = "\n\n".join(found.prepared["paragraphs"]).replace("[FILL IN]", "walking was not possible.")
    return press(biller, "write_letter", found, subject=found.prepared["subject"], text=text)


@pytest.mark.long
def test_the_letter_is_written_here(biller: Client):
    found = denial("50")
    assert "Replace each [FILL IN] first." in page(biller, "denials:card", found.public_id)
    refused = biller.get(reverse("denials:letter", args=[found.public_id]), follow=True)
    assert "Replace each [FILL IN] first." in refused.content.decode()
    assert "The letter is complete." in written(biller, found)


@pytest.mark.long
def test_a_complete_letter_is_printed_and_that_is_audited(biller: Client, pango: None):
    found = denial("50")
    written(biller, found)
    pdf = biller.get(reverse("denials:letter", args=[found.public_id]))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert AuditEvent.objects.filter(action="print_letter").count() == 1


@pytest.mark.long
def test_a_letters_text_is_shown_as_text(biller: Client):
    found = denial("50")
    press(biller, "write_letter", found, subject="S", text="<script>alert(1)</script>")
    assert "<script>alert" not in page(biller, "denials:card", found.public_id)


def test_coordination_shows_the_payers_answer(biller: Client):
    found = denial("22")
    found.eligibility_check = AnsweredCheckFactory(
        appointment=None,
        coverage=found.claim.coverage,
        reason="denial",
        verdict="other_payer",
        benefits={
            "other_payer": {"name": "Bluebonnet Mutual", "identifier": "B", "member_id": "BBM1234", "instead": False}
        },
    )
    found.save()
    text = page(biller, "denials:card", found.public_id)
    assert "names <b>Bluebonnet Mutual</b>" in text
    assert "BBM1234" not in text


def test_coding_review_puts_the_lines_side_by_side(signed_in: SignIn):
    found = denial("97", beside=("20610",), remarks=("N111",))
    text = page(signed_in(Role.CODER), "denials:card", found.public_id)
    assert "line 2 (20610)" in text
    assert "has this service already" in text


@pytest.mark.long
def test_appeal_write_off_and_notes_from_the_card(biller: Client):
    found = denial("16")
    post_as_billed(*found.claim.encounter.charges.all(), now=found.received_at)
    press(biller, "note", found, text="Called, 20 minutes on hold.")
    assert WorkNote.objects.get().text == "Called, 20 minutes on hold."
    assert "Choose how it was sent." in press(biller, "appealed", found, channel="pigeon", tracking_number="1")
    assert "Sent by fax, F-1" in press(biller, "appealed", found, channel="fax", tracking_number="F-1")
    assert "$148.00 written off." in press(biller, "write_off", found, reason="courtesy", rights_given_up="on")
    assert found.state == Denial.State.WRITTEN_OFF


@pytest.mark.parametrize(("group", "offered"), [("PR", True), ("CO", False)])
def test_only_pr_offers_a_release_to_the_patient(biller: Client, group: str, offered: bool):
    found = denial("204", group=group)
    assert ("Release to the patient" in page(biller, "denials:card", found.public_id)) is offered


@pytest.mark.long
def test_a_release_moves_the_money_to_the_patient(biller: Client):
    found = denial("204", group="PR")
    post_as_billed(*found.claim.encounter.charges.all(), now=found.received_at)
    assert "the patient&#x27;s now" in press(biller, "release", found, reason="Plan excludes it.")
    assert (found.state, found.amount) == (Denial.State.RELEASED, Decimal("148.00"))


@pytest.mark.long
def test_a_denial_can_be_given_to_a_person_from_its_card(biller: Client):
    found, person = denial("16"), UserFactory(role=Role.CODER)
    press(biller, "assign", found, assignee=person.public_id)
    assert WorkItem.objects.get().assignee == person


VERBS = ["ask_a_coder", "send", "write_letter", "appealed", "reopened", "write_off", "release", "note", "assign"]


@pytest.mark.parametrize("name", VERBS)
def test_work_is_for_those_who_work_denials_and_comes_by_post(signed_in: SignIn, name: str):
    address = reverse(f"denials:{name}", args=[denial("16").public_id])
    assert signed_in(Role.FRONT_DESK).post(address).status_code == 403
    assert signed_in(Role.BILLER).get(address).status_code == 405


@pytest.mark.long
@pytest.mark.parametrize("name", ["write_off", "release"])
def test_a_coder_gives_up_no_money(signed_in: SignIn, name: str):
    found, coder = denial("16", group="PR"), signed_in(Role.CODER)
    address = reverse(f"denials:{name}", args=[found.public_id])
    assert coder.post(address, {"reason": "small_balance", "rights_given_up": "on"}).status_code == 403
    assert address not in page(coder, "denials:card", found.public_id)
    for role in (Role.BILLER, Role.ADMINISTRATOR):
        assert address in page(signed_in(role), "denials:card", found.public_id)


def test_only_a_coder_confirms(signed_in: SignIn):
    address = reverse("denials:confirm", args=[denial("4").public_id])
    assert signed_in(Role.BILLER).post(address).status_code == 403
    assert signed_in(Role.ADMINISTRATOR).post(address).status_code == 403


def test_an_unknown_denial_is_not_found(biller: Client):
    assert biller.get(reverse("denials:card", args=["0" * 16])).status_code == 404
    assert biller.post(reverse("denials:send", args=["0" * 16])).status_code == 404


@pytest.mark.long
def test_the_cards_queries_do_not_grow_with_the_claims_lines(biller: Client, django_assert_num_queries):
    for found in (denial("16"), denial("16", beside=("20610", "36415", "93000"))):
        with django_assert_num_queries(29):
            page(biller, "denials:card", found.public_id)
