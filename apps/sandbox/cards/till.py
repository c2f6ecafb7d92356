"""What the card processor does: opens a session, takes the money, gives it back, tells the practice."""

import hashlib
import hmac
import json
import time
from datetime import datetime
from typing import Any

from apps.sandbox.world.outbound import Outbound
from apps.sandbox.world.state import Dispute, Event, Refund, Session
from apps.sandbox.world.webhooks import Delivery, Postman
from apps.sandbox.world.world import World

from . import shapes

PATH = "/webhooks/payments/"
RETRIES = (1, 10, 60, 240, 720)
DAY = 86400
EVIDENCE_DAYS = 9


def credentials(world: World) -> dict[str, str]:
    return {
        "secret_key": f"sk_test_{world.chance.secret('stripe key')}",
        "webhook_secret": f"whsec_{world.chance.secret('stripe webhook')}",
    }


class StripeSignature:
    """`t` is the wall clock at each try: the SDK refuses what is older than five minutes."""

    def headers(self, world: World, payload: dict[str, str]) -> dict[str, str]:
        moment = int(time.time())
        secret = credentials(world)["webhook_secret"]
        signed = hmac.new(secret.encode(), f"{moment}.{payload['body']}".encode(), hashlib.sha256).hexdigest()
        return {"stripe-signature": f"t={moment},v1={signed}"}


class Till:
    def __init__(self, postman: Postman, outbound: Outbound) -> None:
        self.postman, self.outbound = postman, outbound
        postman.signers["cards"] = StripeSignature()

    def open(self, world: World, form: dict[str, str], amount: int, metadata: dict[str, str]) -> Session:
        created = int(world.now.timestamp())
        serial = world.serial("session")
        token = world.chance.secret("session", serial)
        session = Session(
            id=f"cs_test_{token}",
            payment_intent=f"pi_{token[:24]}",
            amount=amount,
            currency=form.get("line_items[0][price_data][currency]", "usd"),
            success_url=form["success_url"],
            cancel_url=form.get("cancel_url", ""),
            reference=form.get("client_reference_id", ""),
            metadata=metadata,
            created=created,
            expires=int(form.get("expires_at", created + DAY)),
        )
        world.state.sessions[session.id] = session
        world.counts["sessions_opened"] += 1
        world.plan(
            datetime.fromtimestamp(session.expires, world.now.tzinfo), "session expiry", session.id, session=session.id
        )
        return session

    def pay(self, world: World, session: Session) -> bool:
        """False where the session is no longer open; a second click takes no second payment."""
        if session.status != "open":
            return False
        session.status, session.payment_status = "complete", "paid"
        world.counts["payments"] += 1
        world.counts["payments_cents"] += session.amount
        if session.reference:
            world.state.references_paid[session.reference] += 1
        self._tell(world, world.now, "checkout.session.completed", self.shape(world, session))
        return True

    async def expire_due(self, world: World, when: datetime, payload: dict[str, str]) -> None:
        session = world.state.sessions[payload["session"]]
        if session.status == "open":
            self.expire(world, when, session)

    def expire(self, world: World, when: datetime, session: Session) -> None:
        session.status = "expired"
        self._tell(world, when, "checkout.session.expired", self.shape(world, session))

    def refund(self, world: World, session: Session, amount: int) -> Refund:
        number = world.serial("refund")
        refund = Refund(
            f"re_{world.chance.secret('refund', number)[:24]}",
            session.payment_intent,
            amount,
            int(world.now.timestamp()),
        )
        world.state.refunds[refund.id] = refund
        session.refunded += amount
        world.counts["refunds_cents"] += amount
        self._tell(world, world.now, "charge.refunded", shapes.charge(session))
        return refund

    def dispute(self, world: World, session: Session) -> Dispute:
        """The cardholder's bank takes back what was not given back yet, and asks what the practice says to it."""
        created = int(world.now.timestamp())
        found = Dispute(
            f"dp_{world.chance.secret('dispute', world.serial('dispute'))[:24]}",
            session.id,
            session.payment_intent,
            session.amount - session.refunded,
            created,
            created + EVIDENCE_DAYS * DAY,
        )
        world.state.disputes[found.id] = found
        self._tell(world, world.now, "charge.dispute.created", shapes.dispute(found))
        self._tell(world, world.now, "charge.dispute.funds_withdrawn", shapes.dispute(found))
        return found

    def decide_dispute(self, world: World, dispute: Dispute, status: str) -> None:
        dispute.status = status
        if status == "won":
            self._tell(world, world.now, "charge.dispute.funds_reinstated", shapes.dispute(dispute))
        self._tell(world, world.now, "charge.dispute.closed", shapes.dispute(dispute))

    def shape(self, world: World, session: Session) -> dict[str, Any]:
        return shapes.session(session, world.http_url)

    def _tell(self, world: World, when: datetime, kind: str, body: dict[str, Any]) -> None:
        name = f"evt_{world.chance.secret(kind, body['id'], world.serial('event'))[:24]}"
        event = Event(name, kind, int(when.timestamp()), json.dumps(body))
        world.state.events.append(event)
        url = f"{self.outbound.app_url}{PATH}"
        text = json.dumps(shapes.event(event))
        self.postman.send(
            world, when, Delivery(event.id, url, text, "application/json; charset=utf-8", "cards", RETRIES)
        )
