"""What comes next for a claim: one sentence, and the page where a person does it if one must."""

from dataclasses import dataclass

from apps.claims.states import REFUSED
from apps.claims.states import ClaimStatus as S


@dataclass(frozen=True, slots=True)
class NextStep:
    """`who` is "person" when somebody here must act, "machine" when it goes on by itself, "outside" when others answer."""

    sentence: str
    detail: str
    who: str
    page: str = ""
    action: str = ""


_STEPS = {
    S.DRAFT: NextStep("The scrubber reads the claim.", "It runs within minutes of the visit's charges.", "machine"),
    S.EXCEPTION: NextStep("Correct what the scrubber found.", "The claim waits until then.", "person", "exception", "Open the findings"),
    S.READY: NextStep("It leaves with the next batch.", "Nothing to do.", "machine"),
    S.BATCHED: NextStep("Its batch is sent.", "Nothing to do.", "machine"),
    S.SUBMITTED: NextStep("The clearinghouse says whether it took the file.", "Answers are fetched every two hours.", "outside"),
    S.ACKNOWLEDGED: NextStep("The payer says whether it takes the claim in.", "Usually within a day or two.", "outside"),
    S.ACCEPTED: NextStep("The payer decides and pays.", "Most answer within 14 to 30 days.", "outside"),
    S.REJECTED: NextStep("Correct the claim and send it again.", "It was not taken in.", "person", "exception", "Open the findings"),
    S.PARTLY_DENIED: NextStep("Answer the denial.", "A part was refused.", "person", "denial", "Open the denial"),
    S.DENIED: NextStep("Answer the denial.", "The payer refused it.", "person", "denial", "Open the denial"),
    S.PAID: NextStep("Nothing more is owed by the payer.", "What the patient owes is worked out next.", "machine"),
    S.FORWARDED: NextStep("The next payer answers.", "The first passed the claim on.", "outside"),
    S.IN_APPEAL: NextStep("The payer decides on the appeal.", "The deadline is watched.", "outside", "denial", "Open the denial"),
    S.PATIENT_BALANCE: NextStep("The patient pays.", "Notices go out on days 0, 7 and 14.", "outside", "balance", "Open the balance"),
    S.REVERSED: NextStep("The payer corrects its answer.", "Where none follows in its usual time, a person asks.", "outside"),
}  # fmt: skip
_BILLED_ON = NextStep(
    "What is left is with the claim to the next payer.", "That claim says what comes next.", "outside"
)
_DECIDED = NextStep("What is left is looked at next.", "What becomes of what the payer refused is decided.", "machine")
_OVER = {
    S.CLOSED: "Everything is paid.",
    S.WRITTEN_OFF: "The rest was written off.",
    S.VOIDED: "The claim was voided.",
}


def next_step(status: S, *, billed_on: bool = False, decided: bool = False) -> NextStep | None:
    """None once the claim's life is over. `billed_on`: a later payer has a claim of the visit; `decided`: no denial of it is undecided."""
    settled = decided and status in REFUSED
    if billed_on and (settled or status in {S.PAID, S.PATIENT_BALANCE}):
        return _BILLED_ON
    return _DECIDED if settled else _STEPS.get(status)


def end_of(status: S) -> str:
    """How a claim that is over ended."""
    return _OVER.get(status, "")


_LIFE = ("Sent to the payer", "Taken in by the payer", "Payer answers", "Patient pays", "Closed")
# Where in that life the bead after the next step stands.
_AFTER = {
    S.DRAFT: 0, S.EXCEPTION: 0, S.READY: 0, S.REJECTED: 0, S.BATCHED: 1, S.SUBMITTED: 1,
    S.ACKNOWLEDGED: 2, S.DENIED: 2, S.PARTLY_DENIED: 2,
    S.ACCEPTED: 3, S.FORWARDED: 3, S.IN_APPEAL: 3, S.REVERSED: 3, S.PAID: 3, S.PATIENT_BALANCE: 4,
}  # fmt: skip


def ahead(status: S) -> list[str]:
    """The beads that come after the next step, to the end; none once the claim's life is over."""
    place = _AFTER.get(status)
    return [] if place is None else list(_LIFE[place:])
