"""What comes next for a claim: one sentence, and the page where a person does it if one must."""

from dataclasses import dataclass

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
    S.SUBMITTED: NextStep("The clearinghouse says whether it took the file.", "Usually within the hour.", "outside"),
    S.ACKNOWLEDGED: NextStep("The payer says whether it takes the claim in.", "Usually within a day or two.", "outside"),
    S.ACCEPTED: NextStep("The payer decides and pays.", "Most answer within 14 to 30 days.", "outside"),
    S.REJECTED: NextStep("Correct the claim and send it again.", "It was not taken in.", "person", "exception", "Open the findings"),
    S.PARTLY_DENIED: NextStep("Answer the denial.", "A part was refused.", "person", "denial", "Open the denial"),
    S.DENIED: NextStep("Answer the denial.", "The payer refused it.", "person", "denial", "Open the denial"),
    S.PAID: NextStep("Nothing more is owed by the payer.", "What the patient owes is worked out next.", "machine"),
    S.FORWARDED: NextStep("The next payer answers.", "The first passed the claim on.", "outside"),
    S.IN_APPEAL: NextStep("The payer decides on the appeal.", "The deadline is watched.", "outside", "denial", "Open the denial"),
    S.PATIENT_BALANCE: NextStep("The patient pays.", "Notices go out on days 0, 7 and 14.", "outside", "balance", "Open the balance"),
    S.REVERSED: NextStep("The payer corrects its payment.", "It took an earlier answer back.", "outside"),
}  # fmt: skip
_OVER = {
    S.CLOSED: "Everything is paid.",
    S.WRITTEN_OFF: "The rest was written off.",
    S.VOIDED: "The claim was voided.",
}


def next_step(status: S) -> NextStep | None:
    """None once the claim's life is over."""
    return _STEPS.get(status)


def end_of(status: S) -> str:
    """How a claim that is over ended."""
    return _OVER.get(status, "")


# What still lies ahead, in the order in which it would come.
_AHEAD: tuple[tuple[frozenset[S], str], ...] = (
    (frozenset({S.DRAFT, S.EXCEPTION, S.READY, S.BATCHED, S.REJECTED}), "Sent to the payer"),
    (frozenset({S.SUBMITTED, S.ACKNOWLEDGED}), "Taken in by the payer"),
    (frozenset({S.ACCEPTED, S.DENIED, S.PARTLY_DENIED, S.FORWARDED, S.IN_APPEAL, S.REVERSED}), "Payer answers"),
    (frozenset({S.PAID, S.PATIENT_BALANCE}), "Patient pays"),
)


def ahead(status: S) -> list[str]:
    """The beads to come: from the stage where the claim is to its end; none once it is over."""
    for place, (members, _) in enumerate(_AHEAD):
        if status in members:
            return [name for _, name in _AHEAD[place:]] + ["Closed"]
    return []
