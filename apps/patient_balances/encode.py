"""A message in the form in which it leaves, and a link's token in the forms in which it is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from apps.patient_balances.models import Balance, Message, PaymentLink
from apps.patient_balances.rules import guard, texts
from apps.practice.models import Practice

# A final notice may come on day 14 and later; a link outlives the sequence by some days.
LINK_LASTS = timedelta(days=30)
TOKEN_BYTES = 32  # 256 bits


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_link(balance: Balance, *, now: datetime) -> tuple[PaymentLink, str]:
    """An unsaved link and its token, which is kept sealed until its message has left."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = PaymentLink(
        balance=balance,
        token_hash=hash_of(token),
        sealed_token=token.encode(),
        created_at=now,
        expires_at=now + LINK_LASTS,
    )
    return link, token


def link_url(token: str) -> str:
    return settings.PUBLIC_URL + reverse("patient_pages:open", args=[token])


def masked(body: str, token: str) -> str:
    return body.replace(token, texts.MASK)


def whole_body(message: Message) -> str:
    """What really leaves: the stored body with its link's token. Raises ValueError once the token is gone."""
    if message.link is None:
        return message.body
    if message.link.sealed_token is None:
        raise ValueError("This message's link has left already.")
    return message.body.replace(texts.MASK, bytes(message.link.sealed_token).decode())


def practice_words(practice: Practice, link: str = "") -> texts.Words:
    digits = "".join(sign for sign in practice.call_back_number if sign.isdigit())[-10:]
    return texts.Words(practice.messaging_name, f"{digits[:3]}-{digits[3:6]}-{digits[6:]}", link)


def required(practice: Practice, link: str = "") -> guard.Required:
    return guard.Required(practice.messaging_name, practice.call_back_number, link)


def subject_of(message: Message, practice: Practice) -> str:
    language = texts.language_of(message.balance.patient.language)
    return texts.mail_subject(message.words, language, practice_words(practice))
