"""What to say on the phone: to the patient, or to a payer that cannot be asked electronically. Plain words, nothing clinical."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls whom about which visit. `when` reads "tomorrow at 9:40 AM"."""

    caller: str
    practice: str
    patient: str
    payer: str
    when: str


_ASK = {
    "inactive": (
        "Your insurance, {payer}, tells us that the plan on file is not active for that day. "
        "Do you have a new card? I can take the details now."
    ),
    "not_found": (
        "{payer} does not find you with the details that we have. "
        "May I compare the card with you: member ID, your name as printed, and your birth date?"
    ),
    "other_payer": (
        "{payer} tells us that another plan pays before it. Do you have a second insurance card? I can take the details now."
    ),
    "unknown": "{payer} gave us no clear answer about your plan. May I compare the card with you?",
}
_NO_ANSWER = "We could not confirm your plan with {payer}. May I compare the card with you: member ID and group number?"
_NO_CARD = "No card: the visit is self-pay. Say what it costs, and that it is their choice, before they come."


def call_script(call: Call, *, verdict: str, by_phone: bool) -> tuple[str, ...]:
    """Sentences in the order in which they are said; the last one is for the caller alone."""
    if by_phone:
        return (
            f"Hello, this is {call.caller} from {call.practice}. I would like to verify a member's coverage.",
            (
                f"The member is {call.patient}; the visit is {call.when}. "
                "Is the plan active that day, what is the copay, and how much of the deductible is left?"
            ),
            "Ask for a reference number of the call and enter it below.",
        )
    return (
        f"Hello, this is {call.caller} from {call.practice}, about your visit {call.when}.",
        _ASK.get(verdict, _NO_ANSWER).format(payer=call.payer),
        _NO_CARD,
    )
