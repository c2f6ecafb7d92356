"""What a message to a patient must not say, and what it must (DOMAIN 6, content guard; 45 CFR 164.530(c)).

A phone lies open on a kitchen table: the message may say that there is a balance, and nothing about why.
"""

import re
from dataclasses import dataclass
from enum import Enum


class Fault(Enum):
    """The value is for the person who must mend it."""

    AMOUNT = "It names an amount. The amount stands on the page behind the link."
    CODE = "It holds what looks like a procedure or diagnosis code."
    HEALTH = "It names a treatment, a diagnosis, a specialty or a department."
    NO_NAME = "It does not say who writes: the practice's messaging name is missing."
    NO_PHONE = "It gives no number to call back."
    NO_LINK = "It lacks the link."


_AMOUNT = re.compile(r"[$€]|\b\d+[.,]\d\d\b|\busd\b|\b(dollars?|cents?|d[oó]lares|centavos)\b")
_CODE = re.compile(r"\b[a-z]\d{2}(\.\d{1,4})?[a-z]?\b|\b\d{5}\b|\b[a-hj-v]\d{4}\b")
# Beginnings of words, English and Spanish; a phrase counts as a whole.
_HEALTH = re.compile(
    r"""\b(
    abortion|allerg|ambulator|anesthes|arthr|asthma|behavioral|biops|cancer|cardi|chemo|chiropract|colonosc|covid|
    dental|dentist|dermat|diabet|diagnos|dialys|disease|disorder|emergenc|endocrin|endosc|enferm|exam|fertil|gastro|
    geriatr|ginec|gynec|hematolog|hepat|hiv|hospice|hospital|imaging|immun|infecti|infusion|injection|kidney|laser|
    lesion|matern|medicaid|medicina|medicine|mental|midwi|mri|nephro|neuro|nurs|nutrition|obstet|oncolog|ophthal|
    optomet|orthop|otolaryng|pathol|pediatr|pharm|podiat|pregnan|prenatal|prescri|procedim|procedur|prostat|psych|
    pulmon|radiat|radiol|recovery|rehab|reproduct|rheumat|screening|sleep|std|surg|symptom|therap|transplant|trata|
    treatment|trauma|tumor|ultrasound|urolog|vaccin|vacuna|vascular|visit|wound|x-ray|family[ ]practice|
    pain[ ]management|physical[ ]therapy|primary[ ]care|urgent[ ]care|women's[ ]health
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Required:
    """What must appear; an empty link is not asked for. `phone` is found by its digits, however it is written."""

    name: str
    phone: str
    link: str = ""


def faults(text: str, required: Required) -> list[Fault]:
    """Everything that is wrong with `text`; empty when it may leave. The link and the number are not searched for codes."""
    found = [fault for fault, missing in _missing(text, required) if missing]
    bare = _without(text, required).lower()
    for fault, pattern in ((Fault.AMOUNT, _AMOUNT), (Fault.CODE, _CODE), (Fault.HEALTH, _HEALTH)):
        if pattern.search(bare):
            found.append(fault)
    return found


def reveals(name: str) -> bool:
    """Whether a messaging name gives a specialty away ("Pecan Row Family Medicine")."""
    return bool(_HEALTH.search(name.lower()))


def _missing(text: str, required: Required) -> list[tuple[Fault, bool]]:
    digits = re.sub(r"\D", "", text.replace(required.link, "") if required.link else text)
    return [
        (Fault.NO_NAME, not required.name or required.name not in text),
        (Fault.NO_PHONE, not required.phone or re.sub(r"\D", "", required.phone)[-10:] not in digits),
        (Fault.NO_LINK, bool(required.link) and required.link not in text),
    ]


def _without(text: str, required: Required) -> str:
    """The phone number and the link say nothing about health, but hold digits."""
    if required.link:
        text = text.replace(required.link, " ")
    area, middle, end = (
        re.sub(r"\D", "", required.phone)[-10:][part] for part in (slice(3), slice(3, 6), slice(6, 10))
    )
    return re.sub(rf"(\+?1[ .-]?)?\(?{area}\)?[ .-]?{middle}[ .-]?{end}", " ", text)
