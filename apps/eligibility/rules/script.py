"""What to say on the phone: to the patient, or to a payer that cannot be asked electronically. Plain words, nothing clinical."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls whom about which visit. `when` reads "tomorrow at 9:40 AM"; `is_past`: the visit has been."""

    caller: str
    practice: str
    patient: str
    payer: str
    when: str
    is_past: bool = False


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
_WAS_INACTIVE = (
    "Your insurance, {payer}, tells us that the plan on file was not active on that day. "
    "Did you have another card then? I can take the details now."
)
_NO_CARD_THEN = (
    "Another card: enter it below; what was billed already is corrected on its claim. "
    "No card: ask for no money now; the claim shows a biller what the payer decides."
)


def call_script(call: Call, *, verdict: str, by_phone: bool) -> tuple[str, ...]:
    """Sentences in the order in which they are said; the last one is for the caller alone."""
    if by_phone:
        return (
            f"Hello, this is {call.caller} from {call.practice}. I would like to verify a member's coverage.",
            _ask_payer(call),
            "Ask for a reference number of the call and enter it below.",
        )
    return (
        f"Hello, this is {call.caller} from {call.practice}, about your visit {call.when}.",
        _ask_patient(call, verdict).format(payer=call.payer),
        _NO_CARD_THEN if call.is_past else _NO_CARD,
    )


def _ask_patient(call: Call, verdict: str) -> str:
    if verdict == "inactive" and call.is_past:
        return _WAS_INACTIVE
    return _ASK.get(verdict, _NO_ANSWER)


def _ask_payer(call: Call) -> str:
    if call.is_past:
        return (
            f"The member is {call.patient}; the visit was {call.when}. "
            "Was the plan active that day, what was the copay, and how much of the deductible was left?"
        )
    return (
        f"The member is {call.patient}; the visit is {call.when}. "
        "Is the plan active that day, what is the copay, and how much of the deductible is left?"
    )
