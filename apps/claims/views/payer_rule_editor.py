"""Write and change a rule of the practice's own. Rows of conditions come and go by buttons of the same form, with or without script."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from apps.claims import services
from apps.claims.forms.rules import ConditionForm, PayerRuleForm
from apps.claims.models import PayerRule
from apps.claims.rules.condition_rows import ALL, Row, rows_of, tree_of
from apps.claims.rules.conditions import MOST_CONDITIONS
from apps.claims.rules.operators import BadConditionError
from apps.claims.views.frame import tabs
from apps.core import clock
from apps.core.htmx import render_page
from apps.practice.access import require, signed_in_user
from apps.practice.roles import Permission

_PARTS = ("field", "operator", "value", "group")


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _posted(request, None)
    first = {"match": ALL, "owner": signed_in_user(request).public_id}
    return _show(request, None, PayerRuleForm(initial=first), [Row()])


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    row = get_object_or_404(PayerRule.objects.select_related("payer", "owner"), public_id=public_id)
    if request.method == "POST":
        return _posted(request, row)
    problem = ""
    try:
        match, rows = rows_of(row.conditions)
    except BadConditionError as error:
        match, rows, problem = ALL, [Row()], f"{error} Write them anew; until then nothing changes."
    names = (name for name in PayerRuleForm.base_fields if name not in ("match", "payer", "owner"))
    held: dict[str, Any] = {name: getattr(row, name) for name in names}
    held |= {"match": match, "owner": row.owner.public_id, "payer": row.payer.public_id if row.payer else ""}
    return _show(request, row, PayerRuleForm(initial=held), rows, problem=problem)


def _posted(request: HttpRequest, row: PayerRule | None) -> HttpResponse:
    rows = _typed_rows(request.POST)
    if "add" in request.POST or "drop" in request.POST:
        form = PayerRuleForm(initial={name: request.POST.get(name, "") for name in PayerRuleForm.base_fields})
        return _show(request, row, form, _changed_rows(request.POST, rows))
    form = PayerRuleForm(request.POST)
    conditions = _condition_forms([each for each in rows if not each.is_blank] or [Row()], typed=True)
    # Each is asked, so that all that is wrong is said at once.
    if all([form.is_valid(), *(each.is_valid() for each in conditions)]):
        try:
            saved = _save(request, row, form, rows)
        except services.RuleRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved. Try it on past claims before it is switched on.")
            return redirect("claims:payer_rule", saved.public_id)
    return _show(request, row, form, conditions=conditions, status=422)


def _save(request: HttpRequest, row: PayerRule | None, form: PayerRuleForm, rows: list[Row]) -> PayerRule:
    typed = dict(form.cleaned_data)
    tree = tree_of(typed.pop("match"), rows)
    return services.save_rule(
        draft=services.RuleDraft(conditions=tree, **typed),
        acting_user=signed_in_user(request),
        now=clock.now(),
        rule_id=row.public_id if row else "",
    )


def _typed_rows(posted: QueryDict) -> list[Row]:
    parts = [posted.getlist(name)[:MOST_CONDITIONS] for name in _PARTS]
    return [Row(*each) for each in zip(*parts, strict=False)]


def _changed_rows(posted: QueryDict, rows: list[Row]) -> list[Row]:
    if "add" in posted:
        last = rows[-1] if rows else Row()
        return [*rows, replace(Row(), group=last.group)][:MOST_CONDITIONS]
    gone = posted.get("drop", "")
    return [each for place, each in enumerate(rows) if str(place) != gone] or [Row()]


def _condition_forms(rows: list[Row], *, typed: bool = False) -> list[ConditionForm]:
    forms = []
    for place, row in enumerate(rows):
        held = {name: getattr(row, name) for name in _PARTS}
        ids = f"condition-{place}-%s"
        forms.append(ConditionForm(held, auto_id=ids) if typed else ConditionForm(initial=held, auto_id=ids))
    return forms


def _show(
    request: HttpRequest,
    row: PayerRule | None,
    form: PayerRuleForm,
    rows: list[Row] | None = None,
    *,
    conditions: list[ConditionForm] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "row": row,
        "form": form,
        "conditions": conditions if conditions is not None else _condition_forms(rows or [Row()]),
        "problem": problem,
        **tabs("rules"),
    }
    return render_page(request, "claims/payer_rule_editor.html", context, fragment="editor", status=status)
