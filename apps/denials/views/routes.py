"""Which lane a denial takes: the rules in their order. Who works denials reads them; an administrator changes them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page, wants_fragment
from apps.denials import services
from apps.denials.forms import RouteForm
from apps.denials.models import Lane, RoutingRule
from apps.denials.rules.lanes import LaneKind
from apps.denials.rules.wording import LANES_PREPARE
from apps.denials.selectors import routes as read
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.roles import Permission, may

PAGE_SIZE = 20


@require_safe
@require(Permission.VIEW_DENIALS)
def routes(request: HttpRequest) -> HttpResponse:
    return _show(request)


def _show(request: HttpRequest, refusal: str = "") -> HttpResponse:
    views, rules = services.routing_rules()
    context = {
        "rows": read.route_rows(views, rules),
        "page": Paginator(read.ended_routes(), PAGE_SIZE).get_page(request.GET.get("page")),
        "refusal": refusal,
        "may_change": may(request_role(request), Permission.CONFIGURE),
    }
    return render_page(request, "denials/routes.html", context, fragment="table", status=422 if refusal else 200)


def _rule(key: int) -> RoutingRule:
    return get_object_or_404(RoutingRule.objects.select_related("payer"), pk=key)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def new_route(request: HttpRequest) -> HttpResponse:
    return _edit(request, RouteForm(_told(request)), None)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def edit_route(request: HttpRequest, key: int) -> HttpResponse:
    rule = _rule(key)
    if rule.ended_at:
        messages.error(
            request, "This rule has ended: somebody changed it or took it out. The rules that count stand here."
        )
        return redirect("denials:routes")
    told = {
        "carc": rule.carc,
        "payer": rule.payer.public_id if rule.payer else None,
        "lane": rule.lane,
        "owner_role": rule.owner_role,
        "first_action": rule.first_action,
    }
    form = RouteForm(_told(request), initial=told, has_condition=not rule.takes_everything)
    return _edit(request, form, rule)


def _told(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _edit(request: HttpRequest, form: RouteForm, rule: RoutingRule | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and _is_kept(request, form, rule):
        messages.success(request, "The rule is saved. It counts for denials that come from now on.")
        return redirect("denials:routes")
    lanes = [(lane.label, LANES_PREPARE[LaneKind(lane)]) for lane in Lane]
    context = {"form": form, "rule": rule, "lanes": lanes}
    return render_page(request, "denials/route.html", context, status=422 if form.errors else 200)


def _is_kept(request: HttpRequest, form: RouteForm, rule: RoutingRule | None) -> bool:
    """False where it cannot stand; the form says why."""
    user, now = signed_in_user(request), clock.now()
    try:
        if rule is None:
            services.add_route(route=form.route(), acting_user=user, now=now)
        else:
            services.change_route(key=rule.pk, route=form.route(), acting_user=user, now=now)
    except services.RouteError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@require_POST
@require(Permission.CONFIGURE)
def move(request: HttpRequest, key: int) -> HttpResponse:
    up = request.POST.get("to") == "up"
    try:
        services.move_route(key=_rule(key).pk, up=up, acting_user=signed_in_user(request), now=clock.now())
    except services.RouteError as refusal:
        return _show(request, str(refusal))
    return _show(request) if wants_fragment(request) else redirect("denials:routes")


@require_POST
@require(Permission.CONFIGURE)
def end(request: HttpRequest, key: int) -> HttpResponse:
    try:
        services.end_route(key=_rule(key).pk, acting_user=signed_in_user(request), now=clock.now())
    except services.RouteError as refusal:
        return _show(request, str(refusal))
    messages.success(request, "The rule is taken out. Its denials go by the rules after it from now on.")
    return redirect("denials:routes")
