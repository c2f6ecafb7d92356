"""What a patient's reply means (DOMAIN 6; 47 CFR 64.1200(a)(10): consent may be withdrawn by any reasonable means)."""

import re
import unicodedata
from enum import StrEnum


class Meaning(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"
    MAYBE_STOP = "maybe_stop"  # a sentence that means it: sending pauses until a person has read it
    WRONG_NUMBER = "wrong_number"
    OTHER = "other"
    MISSED_CALL = "missed_call"


PAUSES = frozenset({Meaning.MAYBE_STOP, Meaning.OTHER})

_STOP = re.compile(
    r"stop( ?all)?|unsubscribe|cancel|end( all)?|quit|revoke|opt[ -]?out|alto|parar|cancelar|basta|baja|no mas"
)
_START = frozenset({"start", "unstop", "comenzar", "iniciar"})
_HELP = frozenset({"help", "info", "ayuda"})
_WRONG = re.compile(r"\b(wrong (number|person)|not (my|this) (number|phone)|numero equivocado|no soy (yo|esa))\b")
_SENTENCE = re.compile(
    r"\b(stop|quit|cease|no more|enough|remove me|take me off|opt(ed)? ?out|unsubscribe|leave me alone|lose my number"
    r"|(do ?n[o']?t|do not|never|please no) (\w+ ){0,3}(text|txt|message|contact|write|call|send)\w*"
    r"|(no|deje|dejen|pare|paren) (\w+ ){0,3}(mensaje|texto|escrib|contact|mand|envi)\w*)\b"
)


def meaning_of(text: str) -> Meaning:
    """The vendor's own words and ours must stand alone; in a sentence they only make us ask."""
    plain = _plain(text)
    alone = plain.strip(" .!,;:*'\"-")
    if _STOP.fullmatch(alone):
        return Meaning.STOP
    if alone in _START:
        return Meaning.START
    if alone in _HELP:
        return Meaning.HELP
    if _WRONG.search(plain):
        return Meaning.WRONG_NUMBER
    return Meaning.MAYBE_STOP if _SENTENCE.search(plain) else Meaning.OTHER


def _plain(text: str) -> str:
    """Lower case, accents and doubled spaces gone, so that "¡NO MÁS!" is "no mas"."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return re.sub(r"\s+", " ", bare.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").strip("¡¿ "))
