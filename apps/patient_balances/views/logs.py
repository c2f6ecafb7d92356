"""The consent register, and the words with their preview on a phone."""

from dataclasses import dataclass

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.core.chips import Chip
from apps.core.htmx import render_page
from apps.patient_balances.encode import practice_words, required
from apps.patient_balances.models import Message
from apps.patient_balances.rules import guard, texts
from apps.patient_balances.rules.sequence import VERSION_1, Touch
from apps.patient_balances.selectors import logs as found
from apps.patient_balances.selectors.ways import usable_channels
from apps.patient_balances.views.frame import PAGE_SIZE
from apps.practice.access import require
from apps.practice.audited_views import audit_read
from apps.practice.models import Practice
from apps.practice.roles import Permission


@require_safe
@require(Permission.VIEW_BALANCES)
def consents(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    ended = {"ended": True, "in_force": False}.get(state)
    page = Paginator(found.consent_register(ended=ended), PAGE_SIZE).get_page(request.GET.get("page"))
    audit_read(request, "consents", patients=[row.patient.public_id for row in page], action="list")
    context = {
        "page": page,
        "filtered": ended is not None,
        "chips": [Chip("in_force", "In force", None, "good"), Chip("ended", "Ended", None, "off")],
        "tab": "consents",
    }
    return render_page(request, "patient_balances/consents.html", context, fragment="table")


@dataclass(frozen=True, slots=True)
class Preview:
    title: str
    when: str
    text: str
    mail: str
    subject: str
    segments: int
    faults: list[str]


@require_safe
@require(Permission.VIEW_BALANCES)
def templates(request: HttpRequest, subject: str = "") -> HttpResponse:  # noqa: ARG001  names the task that led here
    """Every text as a patient's phone shows it, checked by the guard that checks what really leaves."""
    practice = Practice.objects.first()
    language = request.GET.get("language", "en")
    language = language if language in texts.LANGUAGES else "en"
    usable = usable_channels(clock.today())
    context = {
        "practice": practice,
        "previews": [_touch(practice, touch, language) for touch in Touch] if practice else [],
        "replies": [_reply(practice, kind, language) for kind in _REPLIES] if practice else [],
        "reveals": bool(practice and guard.reveals(practice.messaging_name)),
        "usable": sorted(usable.connections.items()),
        "lacking": sorted(usable.lacking.items()),
        "languages": [Chip("es", "Spanish")],
        "language": language,
        "tab": "texts",
    }
    return render_page(request, "patient_balances/texts.html", context)


_EXAMPLE_LINK = "/pay/" + texts.MASK
_REPLIES = {"missed_call": "After a missed call", "help": "To HELP"}


def _touch(practice: Practice, touch: Touch, language: str) -> Preview:
    words = practice_words(practice, _example_link())
    text = texts.text_body(touch, language, words)
    day = VERSION_1.days[touch]
    return Preview(
        title=Message.Touch(touch).label,
        when=f"Day {day}" if day else "At once",
        text=text,
        mail=texts.mail_body(touch, language, words),
        subject=texts.mail_subject(touch, language, words),
        # A real token has 43 signs where the preview shows eight.
        segments=texts.segments(text.replace(texts.MASK, "a" * 43)),
        faults=[fault.value for fault in guard.faults(text, required(practice, words.link))],
    )


def _reply(practice: Practice, kind: str, language: str) -> Preview:
    text = texts.text_body(kind, language, practice_words(practice))
    faults = [fault.value for fault in guard.faults(text, required(practice))]
    return Preview(_REPLIES[kind], "Once a day at most", text, "", "", texts.segments(text), faults)


def _example_link() -> str:
    return f"{settings.PUBLIC_URL}{_EXAMPLE_LINK}"
