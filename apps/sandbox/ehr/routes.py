"""DrChrono's lists and records, as far as a biller's automation reads them."""

import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from apps.sandbox.queries import BadQueryError, day, whole_number
from apps.sandbox.world.payers import PAYERS
from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.schedule import LONGEST_LEAD, Visit
from apps.sandbox.world.world import World

from . import shapes
from .access import allowed, token

Endpoint = Callable[[Request], Awaitable[Response]]
LONGEST_RANGE = timedelta(days=190)


def guarded(endpoint: Callable[[Request, World], Awaitable[Response]]) -> Endpoint:
    async def checked(request: Request) -> Response:
        if not allowed(request):
            return JSONResponse({"detail": "Authentication credentials were not provided."}, 401)
        try:
            return await endpoint(request, request.app.state.world)
        except BadQueryError as problem:
            return JSONResponse({"detail": str(problem)}, 400)

    return checked


def page(request: Request, rows: Sequence[Any], shape: Callable[[Any], dict[str, Any]] = dict) -> Response:
    """DrChrono pages by an opaque cursor; ours is the place in the list. `shape`: only what is on the page is written out."""
    size = min(250, whole_number(request.query_params, "page_size", 100))
    start = whole_number(request.query_params, "cursor", 0)
    following = str(request.url.include_query_params(cursor=start + size)) if start + size < len(rows) else None
    previous = str(request.url.include_query_params(cursor=max(0, start - size))) if start else None
    return JSONResponse(
        {"previous": previous, "next": following, "data": [shape(row) for row in rows[start : start + size]]}
    )


def _range(text: str) -> tuple[date, date]:
    first, _, last = text.partition("/")
    found = day(first), day(last or first)
    if found[1] - found[0] > LONGEST_RANGE:
        raise BadQueryError("The range is longer than 190 days.")
    return found


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as problem:
        raise BadQueryError(f"{text} is not a date or time.") from problem
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


def _matches(request: Request, shape: dict[str, Any], names: Iterable[str]) -> bool:
    return all(str(shape[name]) == request.query_params[name] for name in names if name in request.query_params)


@guarded
async def appointments(request: Request, world: World) -> Response:
    query = request.query_params
    since = _moment(query["since"]) if "since" in query else None
    if "date" in query or "date_range" in query:
        first, last = _range(query.get("date_range") or query["date"])
    elif since:
        # An appointment changes when it is booked (weeks ahead) and around its own day, never later.
        first, last = (
            since.astimezone(ZONE).date() - timedelta(days=5),
            world.now.astimezone(ZONE).date() + LONGEST_LEAD,
        )
    else:
        raise BadQueryError("One of date, date_range or since is needed.")
    visits = _known(world, world.schedule.between(first, last), since)
    shown = [shapes.appointment(world, visit) for visit in visits]
    return page(request, [each for each in shown if _matches(request, each, ("patient", "doctor", "office", "status"))])


def _known(world: World, visits: Iterable[Visit], since: datetime | None) -> list[Visit]:
    now = world.now
    return [v for v in visits if v.booked_at <= now and (since is None or v.updated_at(now) >= since)]


@guarded
async def one_appointment(request: Request, world: World) -> Response:
    visit = world.schedule.find(request.path_params["number"])
    if visit is None or visit.booked_at > world.now:
        return JSONResponse({"detail": "Not found."}, 404)
    return JSONResponse(shapes.appointment(world, visit))


@guarded
async def line_items(request: Request, world: World) -> Response:
    visits = [visit for visit in _charged(request, world) if visit.charges_visible(world.now)]
    rows = [row for visit in visits for row in shapes.line_items(visit)]
    return page(request, [row for row in rows if _matches(request, row, ("patient", "doctor"))])


def _charged(request: Request, world: World) -> Iterable[Visit]:
    query = request.query_params
    if "appointment" in query:
        found = world.schedule.find(int(query["appointment"])) if query["appointment"].isdigit() else None
        return [found] if found else []
    if "service_date" in query:
        return world.schedule.between(*_range(query["service_date"]))
    if "posted_date" in query:
        first, last = _range(query["posted_date"])
        around = world.schedule.between(first - timedelta(days=5), last)
        return [visit for visit in around if first <= visit.charges_at.astimezone(ZONE).date() <= last]
    if "since" in query:
        since = _moment(query["since"])
        around = world.schedule.between(
            since.astimezone(ZONE).date() - timedelta(days=5), world.now.astimezone(ZONE).date()
        )
        return [visit for visit in around if visit.charges_at >= since]
    raise BadQueryError("One of appointment, service_date, posted_date or since is needed.")


@guarded
async def patients(request: Request, world: World) -> Response:
    names = ("first_name", "last_name", "date_of_birth", "chart_id", "doctor", "email")
    everybody = world.people.all()
    if "since" not in request.query_params and request.query_params.keys().isdisjoint(names):
        return page(request, everybody, partial(shapes.patient, world))
    rows = [shapes.patient(world, found) for found in everybody]
    if "since" in request.query_params:
        since = shapes.local_text(_moment(request.query_params["since"]))
        rows = [row for row in rows if row["updated_at"] >= since]
    return page(request, [row for row in rows if _matches(request, row, names)])


@guarded
async def one_patient(request: Request, world: World) -> Response:
    found = world.people.find(request.path_params["number"])
    if found is None:
        return JSONResponse({"detail": "Not found."}, 404)
    if request.method == "PATCH":
        return await _change_patient(request, world, str(found.id))
    return JSONResponse(shapes.patient(world, found))


async def _change_patient(request: Request, world: World, number: str) -> Response:
    earlier = json.loads(world.state.patient_changes.get(number, "{}"))
    for name, value in (await request.json()).items():
        earlier[name] = {**earlier.get(name, {}), **value} if isinstance(value, dict) else value
    world.state.patient_changes[number] = json.dumps(earlier)
    world.state.patient_changed_at[number] = world.now
    return Response(status_code=204)


@guarded
async def doctors(request: Request, _: World) -> Response:
    return page(request, shapes.doctors())


@guarded
async def offices(request: Request, _: World) -> Response:
    return page(request, shapes.offices())


@guarded
async def custom_demographics(request: Request, _: World) -> Response:
    rows = [{"id": number, "name": name, "archived": False} for number, name in shapes.CONSENT_FIELDS.values()]
    return page(request, rows)


@guarded
async def insurances(request: Request, _: World) -> Response:
    return page(request, [{"payer_id": each.payer_id, "payer_name": each.name, "state": "TX"} for each in PAYERS])


@guarded
async def patient_payments(request: Request, world: World) -> Response:
    if request.method == "GET":
        return page(request, list(world.state.patient_payments))
    body = {name: str(value) for name, value in (await request.json()).items()}
    kept = {**body, "id": str(world.serial("patient payment")), "created_at": shapes.local_text(world.now)}
    world.state.patient_payments.append(kept)
    return JSONResponse(kept, 201)


ROUTES = [
    Route("/drchrono/o/token/", token, methods=["POST"]),
    Route("/drchrono/api/appointments", appointments),
    Route("/drchrono/api/appointments/{number:int}", one_appointment),
    Route("/drchrono/api/line_items", line_items),
    Route("/drchrono/api/patients", patients),
    Route("/drchrono/api/patients/{number:int}", one_patient, methods=["GET", "PATCH"]),
    Route("/drchrono/api/doctors", doctors),
    Route("/drchrono/api/offices", offices),
    Route("/drchrono/api/custom_demographics", custom_demographics),
    Route("/drchrono/api/insurances", insurances),
    Route("/drchrono/api/patient_payments", patient_payments, methods=["GET", "POST"]),
]
