"""The practice's own rules: the list, one rule with its trial on past claims, and its switch."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.claims import services
from apps.claims.forms.claims import ReasonForm
from apps.claims.models import PayerRule, RuleBook
from apps.claims.rules.condition_rows import in_words
from apps.claims.rules.fields import FIELDS
from apps.claims.selectors import payer_rules as found
from apps.claims.selectors.rule_books import rule_book, rules_in
from apps.claims.views.frame import PAGE_SIZE, allowed, tabs
from apps.core import clock
from apps.core.htmx import render_page, wants_fragment
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission


@require_safe
@require(Permission.VIEW_CLAIMS)
def rules(request: HttpRequest) -> HttpResponse:
    page = Paginator(found.all_rules(), PAGE_SIZE).get_page(request.GET.get("page"))
    counts = found.counts_of(list(page.object_list))
    context = {
        "page": page,
        "rows": [(row, *counts.get(row.code, (0, 0))) for row in page.object_list],
        "stale": found.stale_rules(clock.today()),
        "books": [(rule_book(kind, now=clock.now()), len(rules_in(kind))) for kind in RuleBook.Kind],
        "today": clock.today(),
        "may_write": allowed(request, Permission.CONFIGURE),
        "may_review": allowed(request, Permission.EDIT_CLAIMS),
        **tabs("rules"),
    }
    return render_page(request, "claims/payer_rules.html", context, fragment="table")


@require_safe
@require(Permission.VIEW_CLAIMS)
def rule(request: HttpRequest, public_id: str) -> HttpResponse:
    return _show(request, _row(public_id))


def _row(public_id: str) -> PayerRule:
    return get_object_or_404(found.all_rules(), public_id=public_id)


def _show(
    request: HttpRequest, row: PayerRule, trial: found.Trial | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    claims = list(found.tried_claims(trial.held)[:PAGE_SIZE]) if trial else []
    if claims:
        audit_read(request, "payer_rule", row.public_id, patients=[claim.patient.public_id for claim in claims])
    hits, overrides = found.counts_of([row]).get(row.code, (0, 0))
    head, points = in_words(row.conditions)
    context = {
        "row": row,
        "head": head,
        "points": points,
        "set_label": FIELDS[row.set_field].label if row.set_field in FIELDS else "",
        "hits": hits,
        "overrides": overrides,
        "is_stale": row.state == PayerRule.State.ON and row.review_on <= clock.today(),
        "trial": trial,
        "claims": claims,
        "unshown": len(trial.held) - len(claims) if trial else 0,
        "days": found.TRIED_DAYS.days,
        "not_yet": services.refusal_to_switch_on(row, clock.now()),
        "refusal": refusal,
        "reason_form": ReasonForm(),
        "may_write": allowed(request, Permission.CONFIGURE),
        "may_review": allowed(request, Permission.EDIT_CLAIMS),
        **tabs("rules"),
    }
    return render_page(request, "claims/payer_rule.html", context, fragment="rule", status=status)


@require_POST
@require(Permission.CONFIGURE)
def try_it(request: HttpRequest, public_id: str) -> HttpResponse:
    """The claims that it would have held are shown with the answer, since they are kept nowhere."""
    _row(public_id)
    try:
        row, trial = services.try_rule(rule_id=public_id, acting_user=signed_in_user(request), now=clock.now())
    except services.RuleRefusedError as refusal:
        return _show(request, _row(public_id), refusal=str(refusal), status=422)
    return _show(request, row, trial)


@require_POST
@require(Permission.CONFIGURE)
def switch(request: HttpRequest, public_id: str) -> HttpResponse:
    _row(public_id)
    turn = services.switch_on if request.POST.get("to") == PayerRule.State.ON else services.switch_off
    try:
        row = turn(
            rule_id=public_id,
            reason=request.POST.get("reason", ""),
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
    except services.RuleRefusedError as refusal:
        return _show(request, _row(public_id), refusal=str(refusal), status=422)
    done = "It is asked of every claim from now on." if row.state == PayerRule.State.ON else "It is asked no more."
    messages.success(request, done)
    return _show(request, _row(public_id)) if wants_fragment(request) else redirect("claims:payer_rule", public_id)
