"""The real-time eligibility gateway: a form in, X12 out, and an HTML page with status 200 where it did not like the form."""

import hmac
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from apps.sandbox.payers import benefits
from apps.sandbox.wire.edi import PLAIN, Envelope, Scan
from apps.sandbox.wire.identity import RECEIVER_ID, SUBMITTER_ID, credentials
from apps.sandbox.world.world import World

PATH = "/waystar/eligibility"


async def check(request: Request) -> Response:
    world: World = request.app.state.world
    form = {name: str(value) for name, value in (await request.form()).items()}
    problem = _problem(world, form)
    scan = Scan.of(form.get("Data", "").strip())
    if problem or scan is None:
        world.counts["eligibility_refused"] += 1
        return _page(problem or "Data does not begin with a whole ISA segment.")
    if not any(row[0] == "ST" and row[1] == "270" for row in scan.segments):
        world.counts["eligibility_refused"] += 1
        return _page("Data holds no 270.")
    try:
        inquiry = benefits.read(scan)
    except ValueError:
        return _page("Data holds a date that cannot be read.")
    world.counts["eligibility_checks"] += 1
    number = world.serial("eligibility")
    rows = benefits.answer(world, inquiry, world.now, f"EL{number:08d}")
    group_sender = inquiry.payer_id or RECEIVER_ID
    envelope = Envelope(RECEIVER_ID, SUBMITTER_ID, number, world.now, "HB", benefits.VERSION, group_sender, PLAIN)
    return PlainTextResponse(envelope.wrap([rows]))


def _problem(world: World, form: dict[str, str]) -> str:
    ours = credentials(world)
    for name, value in (("UserID", ours["eligibility_user"]), ("Password", ours["eligibility_password"])):
        if not hmac.compare_digest(form.get(name, "").encode(), value.encode()):
            return "Invalid UserID or Password."
    if form.get("DataFormat") != "X12" or form.get("ResponseType") != "271":
        return "DataFormat X12 with ResponseType 271 is what this gateway speaks."
    return ""


def _page(sentence: str) -> Response:
    return HTMLResponse(
        f"<html><head><title>Error</title></head><body><h1>Error</h1><p>{escape(sentence)}</p></body></html>"
    )


ROUTES = [Route(PATH, check, methods=["POST"])]
