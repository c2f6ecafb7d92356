"""Webhooks: size cap, signature, journal, 2xx, nudge; in this order, and nothing else in the request.

The raw delivery is stored before anybody reads what it says. A vendor that repeats an event gets its 2xx and adds nothing.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apps.connectors import journal, registry
from apps.connectors.models import Connection
from apps.connectors.ports.errors import InvalidSignatureError
from apps.connectors.ports.webhooks import WebhookDelivery
from apps.core import clock
from apps.core.jobs import nudge
from apps.core.plain_codes import whole_number
from apps.core.tries import RefusedTries

logger = logging.getLogger(__name__)
# Genuine deliveries are never counted, so a busy vendor is never slowed.
REFUSED = RefusedTries("webhook-refused", most=30, seconds=60)
# A vendor's event is a few kilobytes; anything larger is not one.
LARGEST_BODY = 256 * 1024
LONGEST_ID = 200  # Transmission.vendor_key
# What signatures and event names travel in; cookies and the like are nobody's business here.
KEPT_HEADERS = ("content-type", "stripe-signature", "x-twilio-signature")
KEPT_PREFIX = "x-drchrono-"


@dataclass(frozen=True, slots=True)
class Door:
    connection: Callable[[], Connection]
    kind: str
    step: str
    adapter: Callable[[Connection], Any]
    # Of a delivery that only tells how something of ours fared: unread, it holds up nothing. Empty where none such comes.
    report_kind: str = ""


EHR = Door(partial(registry.connection_of, Connection.Kind.EHR), "webhook.ehr", "receive_ehr_event", registry.ehr)
PAYMENTS = Door(
    partial(registry.connection_of, Connection.Kind.PAYMENTS),
    "webhook.payments",
    "receive_payment_event",
    registry.payments,
)
MESSAGES = Door(
    partial(registry.messaging_connection, "sms"),
    "webhook.messages",
    "receive_message_event",
    registry.messaging,
    "webhook.reports",
)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def ehr(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _prove_possession(request)
    return _take_in(request, EHR)


@csrf_exempt
@require_http_methods(["POST"])
def payments(request: HttpRequest) -> HttpResponse:
    return _take_in(request, PAYMENTS)


@csrf_exempt
@require_http_methods(["POST"])
def messages(request: HttpRequest) -> HttpResponse:
    return _take_in(request, MESSAGES)


def _prove_possession(request: HttpRequest) -> HttpResponse:
    """DrChrono asks whether this address knows the secret before it sends anything there."""
    if REFUSED.are_too_many(request):
        return HttpResponse(status=429)
    REFUSED.count(request)
    try:
        adapter = registry.ehr(registry.connection_of(Connection.Kind.EHR))
    except registry.NoConnectionError:
        return HttpResponse(status=404)
    answer = getattr(adapter, "verification_answer", None)
    if answer is None or not request.GET.get("msg"):
        return HttpResponse(status=404)
    return JsonResponse(answer(request.GET["msg"]))


def _take_in(request: HttpRequest, door: Door) -> HttpResponse:
    if REFUSED.are_too_many(request):
        return HttpResponse(status=429)
    length = whole_number(request.headers.get("content-length") or "0")
    if length is None:
        return HttpResponse(status=400)
    if length > LARGEST_BODY:
        return HttpResponse(status=413)
    body = request.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        return HttpResponse(status=413)
    try:
        connection = door.connection()
    except registry.NoConnectionError:
        return HttpResponse(status=404)
    delivery = WebhookDelivery(url=settings.PUBLIC_URL + request.get_full_path(), headers=_headers(request), body=body)
    adapter = door.adapter(connection)
    try:
        event_id = adapter.verify_event(delivery)
    except InvalidSignatureError:
        REFUSED.count(request)
        logger.warning("A delivery to %s was refused: its signature does not hold.", door.kind)
        return HttpResponse(status=403)
    with transaction.atomic():
        received, new = journal.receive(
            delivery.to_bytes(),
            kind=_kind(door, adapter, delivery),
            now=clock.now(),
            connection=connection,
            vendor_key=_vendor_key(event_id, body),
        )
        if new:
            nudge(door.step, received.public_id)
    return HttpResponse(status=204)


def _vendor_key(event_id: str, body: bytes) -> str:
    """By the body where the id is none that a row can hold: what is signed is kept, whatever it says."""
    holds = event_id.isascii() and event_id.isprintable() and 0 < len(event_id) <= LONGEST_ID
    return event_id if holds else hashlib.sha256(body).hexdigest()


def _kind(door: Door, adapter: Any, delivery: WebhookDelivery) -> str:
    return door.report_kind if door.report_kind and adapter.is_report(delivery) else door.kind


def _headers(request: HttpRequest) -> dict[str, str]:
    lower = {name.lower(): value for name, value in request.headers.items()}
    return {name: value for name, value in lower.items() if name in KEPT_HEADERS or name.startswith(KEPT_PREFIX)}
