import sys
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from apps.audit.models import AuditEvent
from apps.claims.services import CorrectionRefusedError
from apps.claims.states import ClaimStatus
from apps.denials.models import Denial
from apps.denials.services import (
    AnswerError,
    ConfirmationError,
    DenialClosedError,
    GiveUpError,
    PrintingError,
    ask_a_coder,
    confirm_coding,
    mark_appealed,
    mark_reopened,
    print_letter,
    release_to_patient,
    send_correction,
    write_letter,
    write_off,
)
from apps.ledger.models import Account
from apps.ledger.models import WriteOffReason as Reason
from apps.practice.models import Payer
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.denials import denial
from tests.factories.ledger import account_totals, post_as_billed
from tests.factories.practice import PracticeFactory, UserFactory

pytestmark = pytest.mark.django_db
State, Channel = Denial.State, Denial.Channel


@pytest.fixture
def biller(db: None):
    return UserFactory(role=Role.BILLER)


@pytest.fixture
def coder(db: None):
    return UserFactory(role=Role.CODER)


def billed(carc: str = "16", **facts: object) -> Denial:
    found = denial(carc, **facts)
    post_as_billed(*found.claim.encounter.charges.all(), now=found.received_at)
    return found


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_a_proposed_modifier_is_confirmed_by_a_coder_and_sent_by_a_biller(now, biller, coder, nudges):
    found = denial("4", beside=("20610",))
    facts = {"denial_id": found.public_id, "now": now}
    ask_a_coder(acting_user=biller, **facts)
    assert WorkItem.objects.get().owner_role == "coder"
    confirm_coding(
        modifier="25", confirmation="The note of that day shows a separate visit.", acting_user=coder, **facts
    )
    assert WorkItem.objects.get().owner_role == "biller"
    send_correction(acting_user=biller, **facts)
    found.refresh_from_db()
    claim = found.claim
    assert (found.state, found.answered_at, found.confirmed_by, found.first_touched_at) == (
        State.CORRECTED,
        now,
        coder,
        now,
    )
    assert (claim.status, claim.frequency) == (ClaimStatus.DRAFT, "7")
    assert claim.lines.get(number=1).modifiers == ["25"]
    assert actions() == ["ask_a_coder", "confirm_coding", "start_correction", "send_correction"]


def test_the_task_of_a_sent_correction_rests_until_the_follow_up(now, biller, coder):
    found = denial("4", beside=("20610",))
    facts = {"denial_id": found.public_id, "now": now}
    confirm_coding(modifier="25", confirmation="Separate visit documented.", acting_user=coder, **facts)
    send_correction(acting_user=biller, **facts)
    item = WorkItem.objects.get()
    assert (item.state, item.snoozed_until, item.due_on) == ("open", date(2026, 10, 16), date(2026, 10, 16))


def test_nothing_is_sent_without_a_coders_confirmation(now, biller):
    found = denial("4", beside=("20610",))
    with pytest.raises(AnswerError, match="A coder confirms the change first"):
        send_correction(denial_id=found.public_id, acting_user=biller, now=now)
    found.claim.refresh_from_db()
    assert found.claim.status == ClaimStatus.DENIED


def test_a_confirmation_by_someone_who_is_no_coder_does_not_carry_the_change(now, biller):
    found = denial("4", beside=("20610",))
    facts = {"denial_id": found.public_id, "acting_user": biller, "now": now}
    confirm_coding(modifier="25", confirmation="I think so.", **facts)
    with pytest.raises(PermissionDenied):
        send_correction(**facts)


@pytest.mark.parametrize(
    ("modifier", "words", "sentence"),
    [
        ("2", "In the note.", "A modifier is two letters or digits."),
        ("25", "  ", "Say what in the record supports it."),
        ("RT", "In the note.", "The line has this modifier already."),
    ],
)
def test_a_confirmation_names_a_modifier_and_its_evidence(now, coder, modifier, words, sentence):
    found = denial("97")
    found.line.modifiers = ["RT"]
    found.line.save()
    with pytest.raises(ConfirmationError, match=sentence):
        confirm_coding(denial_id=found.public_id, modifier=modifier, confirmation=words, acting_user=coder, now=now)


def test_a_payer_that_corrects_by_reopening_gets_no_claim(now, biller, coder):
    found = denial("4", beside=("20610",))
    Payer.objects.update(correction_route=Payer.CorrectionRoute.REOPENING)
    facts = {"denial_id": found.public_id, "now": now}
    confirm_coding(modifier="25", confirmation="Separate visit documented.", acting_user=coder, **facts)
    with pytest.raises(CorrectionRefusedError):
        send_correction(acting_user=biller, **facts)
    mark_reopened(channel=Channel.PORTAL, tracking_number="R-77", acting_user=biller, **facts)
    found.refresh_from_db()
    assert (found.state, found.channel, found.tracking_number) == (State.CORRECTED, "portal", "R-77")


def test_an_appeal_puts_the_claim_in_appeal_with_its_proof(now, biller):
    found = denial("16")
    mark_appealed(denial_id=found.public_id, channel=Channel.FAX, tracking_number="F-1", acting_user=biller, now=now)
    found.refresh_from_db()
    assert (found.state, found.answered_at, found.claim.status) == (State.APPEALED, now, ClaimStatus.IN_APPEAL)
    assert found.claim.events.last().what == "Appealed by fax: CO-16."


def test_an_appeal_needs_its_proof(now, biller):
    found = denial("16")
    with pytest.raises(AnswerError, match="tracking"):
        mark_appealed(denial_id=found.public_id, channel=Channel.FAX, tracking_number=" ", acting_user=biller, now=now)


def test_where_the_payer_leaves_no_right_to_appeal_none_is_recorded(now, biller):
    found = denial("16", remarks=("MA130",))
    with pytest.raises(AnswerError, match="no right to appeal"):
        mark_appealed(denial_id=found.public_id, channel=Channel.MAIL, tracking_number="9", acting_user=biller, now=now)


def completed(found: Denial, acting_user, now: datetime) -> Denial:
    text = "\r\n\r\n".join(found.prepared["paragraphs"]).replace("[FILL IN]", "three months of exercises failed.")
    subject = found.prepared["subject"]
    assert write_letter(denial_id=found.public_id, subject=subject, text=text, acting_user=acting_user, now=now) == ""
    found.refresh_from_db()
    return found


def test_a_letter_is_printed_and_sent_only_when_its_gaps_are_filled(now, biller):
    found = denial("50")
    facts = {"denial_id": found.public_id, "acting_user": biller, "now": now}
    with pytest.raises(PrintingError, match="FILL IN"):
        print_letter(found)
    with pytest.raises(AnswerError, match="FILL IN"):
        mark_appealed(channel=Channel.MAIL, tracking_number="9", **facts)
    assert len(completed(found, biller, now).prepared["paragraphs"]) == 5
    mark_appealed(channel=Channel.MAIL, tracking_number="9", **facts)


@pytest.mark.long
def test_a_complete_letter_is_printed(now, biller, pango):
    PracticeFactory()
    assert print_letter(completed(denial("50"), biller, now)).startswith(b"%PDF-")


def test_where_no_letter_can_be_printed_the_refusal_names_the_packages(now, biller, monkeypatch, tmp_path):
    (tmp_path / "weasyprint.py").write_text('raise OSError("cannot load library libpango-1.0-0")')
    for loaded in ("weasyprint", "apps.denials.encode.pdf"):
        monkeypatch.delitem(sys.modules, loaded, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PrintingError, match=r"libpangoft2-1\.0-0 libharfbuzz-subset0\."):
        print_letter(completed(denial("50"), biller, now))


def test_only_a_letter_lane_has_a_letter(now, biller):
    found = denial("16")
    with pytest.raises(PrintingError):
        print_letter(found)
    with pytest.raises(DenialClosedError):
        write_letter(denial_id=found.public_id, subject="x", text="y", acting_user=biller, now=now)


@pytest.mark.parametrize("address", ["http://169.254.169.254/latest", "file:///etc/passwd"])
def test_a_letter_fetches_nothing(address, pango):
    from weasyprint.urls import FatalURLFetchingError

    from apps.denials.encode.pdf import to_pdf

    with pytest.raises(FatalURLFetchingError):
        to_pdf(f'<img src="{address}">')


def give_up(found, user, now, *, reason=Reason.COURTESY, note="", rights_given_up=True):
    return write_off(
        denial_id=found.public_id,
        reason=reason,
        note=note,
        rights_given_up=rights_given_up,
        acting_user=user,
        now=now,
    )


def test_a_write_off_takes_the_open_amount_off_the_books_with_its_reason(now, biller):
    found = billed()
    assert give_up(found, biller, now, reason=Reason.TIMELY_FILING, note="Past it.").amount == Decimal(148)
    found.refresh_from_db()
    totals = account_totals()
    assert (found.state, found.close_reason, found.closed_at) == (State.WRITTEN_OFF, "Filed too late. Past it.", now)
    assert (totals[Account.WRITE_OFF], totals[Account.INSURANCE_RECEIVABLE]) == (Decimal(148), Decimal(0))
    assert sum(totals.values()) == 0
    assert found.claim.status == ClaimStatus.WRITTEN_OFF
    assert found.work_item.state == WorkItem.State.DONE


def test_a_write_off_never_exceeds_what_is_still_open(now, biller):
    found = billed(amount="500.00")
    assert give_up(found, biller, now).amount == Decimal(148)


def test_a_write_off_of_one_line_leaves_the_claim_with_the_other(now, biller):
    found = billed(beside=("20610",))
    give_up(found, biller, now)
    found.claim.refresh_from_db()
    assert account_totals()[Account.INSURANCE_RECEIVABLE] == Decimal("148.00")
    assert found.claim.status == ClaimStatus.DENIED


def test_the_whole_claims_refusal_is_written_off_over_its_lines(now, biller):
    found = billed(beside=("20610",), line=None, amount="296.00")
    assert give_up(found, biller, now).amount == Decimal(296)


def test_pr_is_released_to_the_patient_by_a_person(now, biller, nudges, django_capture_on_commit_callbacks):
    found = billed("204", group="PR")
    with django_capture_on_commit_callbacks(execute=True):
        release_to_patient(denial_id=found.public_id, reason="Plan excludes it.", acting_user=biller, now=now)
    assert nudges == [("follow_postings", "")]
    found.refresh_from_db()
    totals = account_totals()
    assert (totals[Account.PATIENT_RECEIVABLE], totals[Account.INSURANCE_RECEIVABLE]) == (Decimal(148), Decimal(0))
    assert found.state == State.RELEASED


def test_once_a_denial_is_written_off_the_rest_of_the_claim_is_looked_at(
    now, biller, nudges, django_capture_on_commit_callbacks
):
    """The patient's share of the other lines waited for it."""
    found = billed("204")
    with django_capture_on_commit_callbacks(execute=True):
        give_up(found, biller, now)
    assert nudges == [("follow_postings", "")]


@pytest.mark.parametrize("group", ["CO", "PI", "OA"])
def test_no_other_group_is_ever_released_to_the_patient(now, biller, group):
    found = billed("204", group=group)
    with pytest.raises(GiveUpError, match="Only PR amounts"):
        release_to_patient(denial_id=found.public_id, reason="Plan excludes it.", acting_user=biller, now=now)
    assert account_totals()[Account.PATIENT_RECEIVABLE] == Decimal(0)


def test_a_release_needs_a_reason(now, biller):
    found = billed("204", group="PR")
    with pytest.raises(GiveUpError, match="Give a reason"):
        release_to_patient(denial_id=found.public_id, reason=" ", acting_user=biller, now=now)


def test_what_is_closed_stays_closed(now: datetime, biller):
    found = billed()
    give_up(found, biller, now)
    with pytest.raises(DenialClosedError):
        give_up(found, biller, now)
    with pytest.raises(DenialClosedError):
        mark_appealed(denial_id=found.public_id, channel=Channel.FAX, tracking_number="1", acting_user=biller, now=now)
