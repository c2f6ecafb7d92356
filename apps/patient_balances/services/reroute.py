"""A message that cannot go where it was meant to: the next consented channel, else a letter (DOMAIN 6)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.core.clock import practice_date
from apps.core.jobs import nudge
from apps.intake.models import Consent
from apps.patient_balances.encode import link_url, masked, new_link, practice_words, required
from apps.patient_balances.locks import locked_messages
from apps.patient_balances.models import Balance, Message, UnreachableAddress
from apps.patient_balances.rules import guard, texts
from apps.patient_balances.rules.channels import NoWay, Way, choose
from apps.patient_balances.selectors.ways import Usable, consents_in_force, unreachable, usable_channels
from apps.patient_balances.services.report_setup import report_blocked_words, report_lacking
from apps.patient_balances.services.work import Tasks, open_for_messages
from apps.practice.models import Practice

State = Message.State
CONSENT_ENDED = "The patient does not agree to this way any more."


def mark_unreachable(channel: str, address: str, *, problem: str, now: datetime) -> None:
    UnreachableAddress.objects.update_or_create(
        channel=channel, address=address, defaults={"since": now, "problem": problem[:200]}
    )


def reroute(messages: Sequence[Message], *, why: str, now: datetime) -> None:
    """The same touches again, each in its own row by another way. The rows are locked and bring balance and patient."""
    if not messages:
        return
    practice = Practice.objects.get()
    usable = usable_channels(practice_date(now))
    consents = consents_in_force({row.balance.patient_id for row in messages})
    dead = unreachable({way.address for ways in consents.values() for way in ways})
    letters = []
    _untell(messages)
    for row in messages:
        row.problem, row.sent_at, row.vendor_id, row.attempts, row.due_at = why[:200], None, "", 0, now
        ways = consents.get(row.balance.patient_id, [])
        way = choose(ways, unreachable=dead, usable=usable.connections)
        if isinstance(way, Way) and _rewrite(row, way, practice, now):
            continue
        if way is NoWay.WAIT:
            _wait(row, ways, usable, now)
        elif way is NoWay.PAPER:
            row.channel, row.address, row.body, row.link, row.state = Message.Channel.PAPER, "", "", None, State.TO_MAIL
            letters.append(row)
    Message.objects.bulk_update(
        messages,
        ["problem", "sent_at", "vendor_id", "attempts", "due_at", "channel", "address", "body", "link", "state"],
    )
    Message.objects.filter(sent_with__in=messages).update(sent_at=None)
    open_for_messages(letters, Tasks.LETTER, now=now)
    for row in messages:
        if row.state == State.WAITING:
            nudge("send_message", row.public_id)


@transaction.atomic
def reroute_unconsented(found: "QuerySet[Message]", *, why: str, now: datetime) -> int:
    """Those found that wait to leave by a way to which their patient does not agree any more, whoever ended the consent."""
    agreed = Consent.objects.filter(
        patient=OuterRef("balance__patient"), channel=OuterRef("channel"), address=OuterRef("address"), revoked_at=None
    )
    waiting = found.filter(~Exists(agreed), state=State.WAITING)
    rows = [row for row in locked_messages(waiting) if row.state == State.WAITING]
    reroute(rows, why=why, now=now)
    return len(rows)


def _untell(messages: Sequence[Message]) -> None:
    """A first notice that never arrived was none: the days count from the one that does."""
    for row in messages:
        if row.sent_at:
            told = Message.objects.filter(Q(pk=row.pk) | Q(sent_with=row)).values("balance")
            Balance.objects.filter(pk__in=told, first_notice_at=row.sent_at).update(first_notice_at=None)


def _rewrite(row: Message, way: Way, practice: Practice, now: datetime) -> bool:
    link, token = new_link(row.balance, now=now)
    url = link_url(token)
    language = texts.language_of(row.balance.patient.language)
    body = texts.body_of(way.channel, row.words, language, practice_words(practice, url))
    found = guard.faults(body, required(practice, url))
    if found:
        report_blocked_words(found, now=now)
        row.state = State.FAILED
        return True
    link.save()
    row.channel, row.address, row.body, row.link, row.state = (
        way.channel,
        way.address,
        masked(body, token),
        link,
        State.WAITING,
    )
    return True


def _wait(row: Message, ways: Sequence[Way], usable: Usable, now: datetime) -> None:
    """Back to nothing planned: the next run finds the touch due again, and the task says what is missing."""
    row.state = State.CANCELLED
    report_lacking({way.channel: usable.lacking[way.channel] for way in ways if way.channel in usable.lacking}, now=now)
