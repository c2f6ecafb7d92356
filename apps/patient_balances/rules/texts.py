"""The words that leave for patients, English and Spanish. Version 1; what the guard would refuse is refused here by a test.

A text names the practice's messaging name, says that there is a balance, and links; never how much, for what or where it hurts.
Spanish avoids the letters that the phone alphabet lacks (á, í, ó, ú), so that a text stays one segment (3GPP 23.038).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.patient_balances.rules.sequence import Touch

VERSION = 1
LANGUAGES = ("en", "es")
# What stands in a stored body in place of the link's token.
MASK = "*" * 8


@dataclass(frozen=True, slots=True)
class Words:
    """`phone` as people read it; `link` whole."""

    name: str
    phone: str
    link: str = ""


_SMS: Mapping[tuple[str, str], str] = {
    (Touch.FIRST, "en"): "{name}: you have a balance. {link} Call {phone}. STOP to end",
    (Touch.REMINDER, "en"): "{name} reminder: you have a balance. {link} Call {phone}. STOP to end",
    (Touch.FINAL, "en"): "{name} final notice: you have a balance. {link} Call {phone}. STOP to end",
    (Touch.FIRST, "es"): "{name}: tiene un saldo. {link} Llame al {phone}. STOP para salir",
    (Touch.REMINDER, "es"): "{name}, recordatorio: tiene un saldo. {link} Llame al {phone}. STOP para salir",
    (Touch.FINAL, "es"): "{name}, aviso final: tiene un saldo. {link} Llame al {phone}. STOP para salir",
    ("missed_call", "en"): "{name}: sorry we missed your call. We will call back, or reach us at {phone}. STOP to end",
    ("missed_call", "es"): "{name}: perdone, no pudimos contestar. Le llamaremos, o llame al {phone}. STOP para salir",
    ("help", "en"): "{name}: messages about your balance. Call {phone}. STOP to end",
    ("help", "es"): "{name}: mensajes sobre su saldo. Llame al {phone}. STOP para salir",
}
_SUBJECTS: Mapping[tuple[str, str], str] = {
    (Touch.FIRST, "en"): "You have a balance with {name}",
    (Touch.REMINDER, "en"): "Reminder: you have a balance with {name}",
    (Touch.FINAL, "en"): "Final notice: you have a balance with {name}",
    (Touch.FIRST, "es"): "Tiene un saldo con {name}",
    (Touch.REMINDER, "es"): "Recordatorio: tiene un saldo con {name}",
    (Touch.FINAL, "es"): "Aviso final: tiene un saldo con {name}",
}
_OPENINGS: Mapping[tuple[str, str], str] = {
    (Touch.FIRST, "en"): "you have a balance with {name}.",
    (Touch.REMINDER, "en"): "this is a reminder that you have a balance with {name}.",
    (Touch.FINAL, "en"): "this is the final notice that you have a balance with {name}.",
    (Touch.FIRST, "es"): "usted tiene un saldo con {name}.",
    (Touch.REMINDER, "es"): "le recordamos que tiene un saldo con {name}.",
    (Touch.FINAL, "es"): "este es el aviso final de que tiene un saldo con {name}.",
}
_MAIL: Mapping[str, str] = {
    "en": "Hello,\n\n{opening} To see it and pay, open:\n\n{link}\n\nWe ask for your birth date and ZIP code first. "
    "Questions? Call {phone}.\n\nTo stop these emails, call us or reply to this message.\n\n{name}\n",
    "es": "Hola:\n\n{opening} Para verlo y pagar, abra:\n\n{link}\n\nPrimero le pedimos su fecha de nacimiento y código postal. "
    "¿Preguntas? Llame al {phone}.\n\nPara no recibir estos correos, llámenos o responda a este mensaje.\n\n{name}\n",
}


def language_of(written: str) -> str:
    return "es" if written.lower().startswith("es") else "en"


def text_body(kind: str, language: str, words: Words) -> str:
    """`kind`: a touch, missed_call or help."""
    return _SMS[kind, language].format(name=words.name, phone=words.phone, link=words.link)


def mail_subject(touch: str, language: str, words: Words) -> str:
    return _SUBJECTS[touch, language].format(name=words.name)


def mail_body(touch: str, language: str, words: Words) -> str:
    opening = _OPENINGS[touch, language].format(name=words.name)
    opening = opening[0].upper() + opening[1:]
    return _MAIL[language].format(opening=opening, link=words.link, phone=words.phone, name=words.name)


def body_of(channel: str, touch: str, language: str, words: Words) -> str:
    return mail_body(touch, language, words) if channel == "email" else text_body(touch, language, words)


# The basic character set of 3GPP 23.038, and the signs that cost two places.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€")


def segments(body: str) -> int:
    """How many texts the carriers make of it: 160 places in one, 153 in each of several; 70 and 67 outside the phone alphabet."""
    if all(sign in _GSM or sign in _GSM_DOUBLE for sign in body):
        size, single, joined = sum(2 if sign in _GSM_DOUBLE else 1 for sign in body), 160, 153
    else:
        size, single, joined = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if size <= single else -(-size // joined)
