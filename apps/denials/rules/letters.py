"""Appeal letters: our own texts with a closed list of merge fields and our own substitution, never a template engine (DOMAIN 5)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FILL_IN = "[FILL IN]"
NO_RIGHTS = "The payer's remark leaves no right to appeal. Send a new claim."
_FIELD = re.compile(r"\{([a-z_]+)\}")

FIELDS = frozenset(
    {
        "practice_name",
        "practice_address",
        "practice_phone",
        "payer_name",
        "patient_name",
        "birth_date",
        "member_id",
        "claim_number",
        "payer_claim_number",
        "service_date",
        "provider_name",
        "provider_npi",
        "procedure",
        "diagnoses",
        "amount",
        "reason_code",
        "remitted_on",
        "letter_date",
    }
)


class UnknownFieldError(ValueError):
    """A text names a merge field that does not exist; the message names it."""


@dataclass(frozen=True, slots=True)
class LetterText:
    """`name` and `version` are kept with each letter made from it."""

    name: str
    version: int
    subject: str
    paragraphs: tuple[str, ...]


MEDICAL_NECESSITY = LetterText(
    "medical_necessity",
    1,
    "Request for reconsideration: {procedure} on {service_date}, claim {payer_claim_number}",
    (
        (
            "We ask you to reconsider your decision of {remitted_on} on the claim of {patient_name}, born {birth_date}, member "
            "{member_id}. You refused {procedure}, {amount}, as not medically necessary ({reason_code})."
        ),
        (
            "{provider_name} (NPI {provider_npi}) saw {patient_name} on {service_date}. The diagnoses of that visit were "
            "{diagnoses}."
        ),
        f"Why the service was necessary, from the record of that day: {FILL_IN}",
        (
            "The record of the visit is enclosed. We ask that a clinician of the same specialty review this request, and that you "
            "name the coverage rule that you applied if you uphold the decision."
        ),
        "Please answer to {practice_name}, {practice_address}, {practice_phone}.",
    ),
)


def fields_of(text: str) -> set[str]:
    return set(_FIELD.findall(text))


def merge(text: str, values: Mapping[str, str]) -> str:
    """`text` with its fields filled. What has no value becomes "[FILL IN]". Raises UnknownFieldError."""
    unknown = fields_of(text) - FIELDS
    if unknown:
        raise UnknownFieldError(f"There is no merge field called {min(unknown)}.")
    return _FIELD.sub(lambda found: values.get(found.group(1), "").strip() or FILL_IN, text)


def draft(letter: LetterText, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The subject and the paragraphs of a letter, filled."""
    return merge(letter.subject, values), tuple(merge(paragraph, values) for paragraph in letter.paragraphs)


def refusal(subject: str, paragraphs: Sequence[str], *, may_appeal: bool) -> str:
    """Why this letter cannot be sent, or ""."""
    if not may_appeal:
        return NO_RIGHTS
    if not subject.strip() or not any(paragraph.strip() for paragraph in paragraphs):
        return "The letter is empty."
    if any(FILL_IN in text for text in (subject, *paragraphs)):
        return f"Replace each {FILL_IN} first."
    return ""
