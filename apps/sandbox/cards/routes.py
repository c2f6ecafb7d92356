"""Stripe's endpoints for Checkout, refunds and events, and the hosted page."""

import base64
import hmac
import json
from collections.abc import Awaitable, Callable
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from apps.sandbox.queries import BadQueryError, whole_number
from apps.sandbox.world.state import Session
from apps.sandbox.world.world import World

from . import shapes
from .till import Till, credentials

Endpoint = Callable[[Request], Awaitable[Response]]
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><title>Pay {amount}</title>
<style>body{{font:18px/1.5 system-ui;max-width:26rem;margin:12vh auto;padding:0 1rem}}
button{{font:inherit;padding:.6rem 2rem}}</style><h1>{amount}</h1>
<p>Stand-in for a card processor's hosted page. No card is asked for.</p>
{action}</html>"""
PAY = (
    '<form method="post" action="/stripe/pay/{id}" data-step="card"><button type="submit">Pay {amount}</button></form>'
)


def guarded(endpoint: Callable[[Request, World], Awaitable[Response]]) -> Endpoint:
    async def checked(request: Request) -> Response:
        world: World = request.app.state.world
        if not hmac.compare_digest(_key(request), credentials(world)["secret_key"]):
            return JSONResponse(shapes.error("Invalid API Key provided.", kind="authentication_error"), 401)
        try:
            return await endpoint(request, world)
        except BadQueryError as problem:
            return JSONResponse(shapes.error(str(problem), code="parameter_invalid_integer"), 400)

    return checked


def _key(request: Request) -> str:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind == "Basic":
        try:
            return base64.b64decode(value).decode().partition(":")[0]
        except ValueError:
            return ""
    return value if kind == "Bearer" else ""


async def _form(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}


@guarded
async def create_session(request: Request, world: World) -> Response:
    form = await _form(request)
    again = _earlier(request, world, form)
    if again is not None:
        return again
    problem = _problem(form)
    if problem:
        return JSONResponse(problem, 400)
    till: Till = request.app.state.till
    units = whole_number(form, "line_items[0][quantity]", 1)
    amount = int(form["line_items[0][price_data][unit_amount]"]) * units
    metadata = {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}
    session = till.open(world, form, amount, metadata)
    return _remember(request, world, form, till.shape(world, session))


def _problem(form: dict[str, str]) -> dict[str, Any] | None:
    for name in (
        "mode",
        "success_url",
        "line_items[0][price_data][unit_amount]",
        "line_items[0][price_data][currency]",
    ):
        if not form.get(name):
            return shapes.error(f"Missing required param: {name}.", code="parameter_missing", param=name)
    if not form["line_items[0][price_data][unit_amount]"].isdigit():
        return shapes.error(
            "Invalid integer.", code="parameter_invalid_integer", param="line_items[0][price_data][unit_amount]"
        )
    return None


def _earlier(request: Request, world: World, form: dict[str, str]) -> Response | None:
    key = request.headers.get("idempotency-key", "")
    kept = world.state.idempotency.get(key) if key else None
    if kept is None:
        return None
    earlier = json.loads(kept)
    if earlier["form"] != form:
        return JSONResponse(
            shapes.error(
                "Keys for idempotent requests can only be used with the same parameters.", kind="idempotency_error"
            ),
            400,
        )
    world.counts["sessions_repeated"] += 1
    return JSONResponse(earlier["answer"], headers={"idempotent-replayed": "true"})


def _remember(request: Request, world: World, form: dict[str, str], answer: dict[str, Any]) -> Response:
    key = request.headers.get("idempotency-key", "")
    if key:
        world.state.idempotency[key] = json.dumps({"form": form, "answer": answer})
    return JSONResponse(answer)


@guarded
async def list_sessions(request: Request, world: World) -> Response:
    query = request.query_params
    found = sorted(world.state.sessions.values(), key=lambda each: (each.created, each.id), reverse=True)
    rows = [session for session in found if _wanted(query.get("status"), session) and _since(request, session.created)]
    return _page(request, [request.app.state.till.shape(world, session) for session in rows], "/v1/checkout/sessions")


def _wanted(status: str | None, session: Session) -> bool:
    return status is None or session.status == status


def _since(request: Request, created: int) -> bool:
    query = request.query_params
    return whole_number(query, "created[gte]", 0) <= created <= whole_number(query, "created[lte]", 2**40)


def _page(request: Request, rows: list[dict[str, Any]], url: str) -> Response:
    after = request.query_params.get("starting_after")
    start = next((place + 1 for place, row in enumerate(rows) if row["id"] == after), 0)
    size = min(100, whole_number(request.query_params, "limit", 10))
    return JSONResponse(shapes.listing(rows[start : start + size], url, start + size < len(rows)))


@guarded
async def one_session(request: Request, world: World) -> Response:
    session = world.state.sessions.get(request.path_params["session"])
    if session is None:
        return JSONResponse(shapes.error("No such checkout.session.", code="resource_missing", param="session"), 404)
    if request.method == "POST" and session.status == "open":
        request.app.state.till.expire(world, world.now, session)
    return JSONResponse(request.app.state.till.shape(world, session))


@guarded
async def refunds(request: Request, world: World) -> Response:
    if request.method == "GET":
        rows = [shapes.refund(each) for each in reversed(world.state.refunds.values())]
        return _page(request, [row for row in rows if _since(request, row["created"])], "/v1/refunds")
    form = await _form(request)
    again = _earlier(request, world, form)
    if again is not None:
        return again
    intent = form.get("payment_intent", "")
    session = next((each for each in world.state.sessions.values() if each.payment_intent == intent), None)
    if session is None or session.payment_status != "paid":
        return JSONResponse(
            shapes.error("No such payment_intent.", code="resource_missing", param="payment_intent"), 404
        )
    left = session.amount - session.refunded
    amount = whole_number(form, "amount", left)
    if not 0 < amount <= left:
        return JSONResponse(shapes.error("Refund amount is greater than unrefunded amount.", param="amount"), 400)
    refund = request.app.state.till.refund(world, session, amount)
    return _remember(request, world, form, shapes.refund(refund))


@guarded
async def events(request: Request, world: World) -> Response:
    kinds = {value for name, value in request.query_params.items() if name == "type" or name.startswith("types[")}
    found = [
        each
        for each in reversed(world.state.events)
        if (not kinds or each.kind in kinds) and _since(request, each.created)
    ]
    return _page(request, [shapes.event(each) for each in found], "/v1/events")


async def hosted_page(request: Request) -> Response:
    world: World = request.app.state.world
    session = world.state.sessions.get(request.path_params["session"])
    if session is None:
        return HTMLResponse("<h1>No such payment.</h1>", 404)
    amount = f"${session.amount / 100:,.2f}"
    if request.method == "POST" and (request.app.state.till.pay(world, session) or session.payment_status == "paid"):
        return RedirectResponse(session.success_url.replace("{CHECKOUT_SESSION_ID}", session.id), 303)
    action = (
        PAY.format(id=escape(session.id), amount=amount)
        if session.status == "open"
        else f"<p>This payment is {session.status}.</p>"
    )
    return HTMLResponse(PAGE.format(amount=amount, action=action))


ROUTES = [
    Route("/stripe/v1/checkout/sessions", create_session, methods=["POST"]),
    Route("/stripe/v1/checkout/sessions", list_sessions),
    Route("/stripe/v1/checkout/sessions/{session}", one_session),
    Route("/stripe/v1/checkout/sessions/{session}/expire", one_session, methods=["POST"]),
    Route("/stripe/v1/refunds", refunds, methods=["GET", "POST"]),
    Route("/stripe/v1/events", events),
    Route("/stripe/pay/{session}", hosted_page, methods=["GET", "POST"]),
]
