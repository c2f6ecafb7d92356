"""The rooms of the outside world put together: who does what when something is due, and who answers which address."""

from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware

from apps.sandbox.cards import routes as cards
from apps.sandbox.cards.till import Till
from apps.sandbox.clearinghouse import eligibility
from apps.sandbox.clearinghouse.desk import Desk
from apps.sandbox.control import routes as control
from apps.sandbox.ehr import routes as ehr
from apps.sandbox.ehr.webhook import Announcements
from apps.sandbox.faults import Faults
from apps.sandbox.patients.behaviour import Patients
from apps.sandbox.patients.walk import Walker
from apps.sandbox.payers.office import Office
from apps.sandbox.phone import routes as phone
from apps.sandbox.phone.exchange import Exchange
from apps.sandbox.wire.mailbox import Mailbox
from apps.sandbox.world.outbound import Outbound
from apps.sandbox.world.webhooks import KIND as WEBHOOK
from apps.sandbox.world.webhooks import Postman
from apps.sandbox.world.world import World


@dataclass(frozen=True)
class Rooms:
    world: World
    outbound: Outbound
    walker: Walker
    announcements: Announcements
    till: Till
    exchange: Exchange
    mailbox: Mailbox
    desk: Desk
    app: Starlette

    async def close(self) -> None:
        await self.walker.close()
        await self.outbound.close()


def furnish(world: World) -> Rooms:
    outbound, walker = Outbound(world.options.app_url), Walker()
    postman = Postman(outbound)
    announcements, till = Announcements(postman, outbound), Till(postman, outbound)
    exchange = Exchange(postman, outbound)
    patients = Patients(exchange, walker)
    mailbox = Mailbox(world, mailbox_folder(world))
    office = Office(mailbox)
    desk = Desk(mailbox, office)
    world.happenings.update(
        {
            "checkout": announcements.checkout,
            "booking": announcements.booking,
            WEBHOOK: postman.deliver,
            "session expiry": till.expire_due,
            "message sent": exchange.sent,
            "message delivered": exchange.delivered,
            "text read": patients.read,
            "patient acts": patients.act,
            **desk.happenings(),
            **office.happenings(),
        }
    )
    # Senders of webhooks wait for one another as little as patients do.
    world.subjects.update(
        {WEBHOOK: lambda item: item.key.split()[0], "patient acts": lambda item: item.payload["number"]}
    )
    app = Starlette(
        routes=[*control.ROUTES, *ehr.ROUTES, *cards.ROUTES, *phone.ROUTES, *eligibility.ROUTES],
        middleware=[Middleware(Faults, world=world)],
    )
    rooms = Rooms(world, outbound, walker, announcements, till, exchange, mailbox, desk, app)
    app.state.world, app.state.rooms = world, rooms
    app.state.till, app.state.exchange = till, exchange
    return rooms


def mailbox_folder(world: World) -> Path:
    return world.options.state_dir / f"sftp-{world.options.seed}"
