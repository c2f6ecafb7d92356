"""The list of denials."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.core.chips import Chip
from apps.core.counted_pages import KeyedPaginator
from apps.core.htmx import render_page
from apps.denials.forms import FilterForm
from apps.denials.models import Denial, Lane
from apps.denials.rules.wording import prepared_words
from apps.denials.selectors import queue
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.worklist.bulk_views import BulkList, bulk_bar
from apps.worklist.forms import least_amount
from apps.worklist.list_views import first_view, list_tools
from apps.worklist.lists import ListOfWork
from apps.worklist.models import WorkItem

PAGE_SIZE = 50
# What the filter form leaves as it is.
_KEPT = frozenset({"view", "lane", "due", "sort"})
_VIEWS = (("open", "All open"), ("mine", "Mine"), ("waiting", "Waiting for payer"), ("decided", "Decided"))
_DUE = (("past", "Past due", "problem"), ("week", "Due in 7 days", "watch"), ("none", "No deadline", "waiting"))


def _form(query: QueryDict) -> FilterForm:
    found = queue.ever_denied(query.get("code", ""), query.get("payer", ""))
    return FilterForm(query, codes=found.codes, payers=found.payers)


DENIALS = ListOfWork(
    key="denials",
    url_name="denials:list",
    permission=Permission.VIEW_DENIALS,
    home=("view", "open"),
    form=_form,
    sorts=queue.ORDERS,
    columns={"payer": "Payer", "reason": "Reason", "prepared": "Prepared for you", "age": "Age", "owner": "Owner"},
    choices={"view": [key for key, _ in _VIEWS], "lane": Lane.values, "due": [key for key, *_ in _DUE]},
)


def _shown(request: HttpRequest, query: QueryDict) -> "QuerySet[WorkItem]":
    rows = queue.denials(filter_of(query), user=signed_in_user(request), today=clock.today())
    return WorkItem.objects.filter(pk__in=rows.filter(state=Denial.State.OPEN).order_by().values("work_item"))


def _ticked(marks: list[str]) -> "QuerySet[WorkItem]":
    return WorkItem.objects.filter(denial__public_id__in=marks)


# A denial that is put off stands in this list all the same: it is put off at its item of work.
BULK = BulkList(
    of=DENIALS, permission=Permission.WORK_DENIALS, shown=_shown, ticked=_ticked, row="denial", may_snooze=False
)


@require_safe
@require(Permission.VIEW_DENIALS)
def denials(request: HttpRequest) -> HttpResponse:
    if first := first_view(request, DENIALS):
        return first
    user, today = signed_in_user(request), clock.today()
    tools = list_tools(request, DENIALS)
    chosen = filter_of(request.GET)
    rows = queue.denials(chosen, user=user, today=today, sort=request.GET.get("sort", ""))
    found, counts = queue.choices(chosen, user), queue.view_counts(user)
    filtered = bool(chosen.lane or chosen.code or chosen.payer or chosen.due or chosen.amount)
    number = None if filtered else counts.get(chosen.view)
    page = KeyedPaginator(rows, PAGE_SIZE, count=rows.count() if number is None else number).get_page(
        request.GET.get("page")
    )
    _audit(request, [row.claim.patient.public_id for row in page])
    context = {
        "page": page,
        "rows": [(row, prepared_of(row), (today - clock.practice_date(row.received_at)).days) for row in page],
        "tools": tools,
        "shown": tools.shown,
        "totals": queue.totals(today),
        "view": chosen.view,
        "views": [(key, label, counts.get(key)) for key, label in _VIEWS],
        "filtered": filtered,
        "lanes": [Chip(*each) for each in found.lanes],
        "filter_form": FilterForm(request.GET, codes=found.codes, payers=found.payers),
        "kept": [(name, value) for name, value in request.GET.items() if name in _KEPT],
        "due_chips": [Chip(key, label, None, shape) for key, label, shape in _DUE],
        "may_work": may(request_role(request), Permission.WORK_DENIALS),
        "bulk": bulk_bar(request, BULK, total=page.paginator.count, on_page=len(page)),
    }
    return render_page(request, "denials/list.html", context, fragment="table")


def filter_of(query: QueryDict) -> queue.Filter:
    names = ("lane", "code", "payer", "due")
    chosen = {name: query.get(name, "") for name in names}
    return queue.Filter(query.get("view", "open"), amount=least_amount(query.get("amount", "")), **chosen)


def prepared_of(row: Denial) -> str:
    verdict = row.eligibility_check.verdict if row.eligibility_check else ""
    return prepared_words(row.prepared, verdict=verdict, confirmed=row.confirmed_at is not None)


def _audit(request: HttpRequest, patients: list[str]) -> None:
    audit_read(request, "denial", patients=patients, action="list")
