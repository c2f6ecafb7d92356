"""What the exception queue may be asked for by its address, its columns, and which tasks stand in it."""

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from apps.claims.forms.claims import ExceptionFilterForm
from apps.claims.models import Claim, Finding
from apps.claims.selectors import exception_queue
from apps.claims.states import WAITS_FOR_US
from apps.core import clock
from apps.practice.access import signed_in_user
from apps.practice.roles import Permission
from apps.worklist.bulk_views import BulkList
from apps.worklist.forms import least_amount
from apps.worklist.lists import ListOfWork
from apps.worklist.models import WorkItem


def filter_of(query: QueryDict) -> exception_queue.Filter:
    """What cannot be read is left out; the form says so beside the field."""
    names = ("rule", "status", "payer", "provider", "due", "age", "assignee", "number", "patient")
    view = query.get("view", "all")
    return exception_queue.Filter(
        view=view if view in exception_queue.VIEWS else "all",
        amount=least_amount(query.get("amount", "")),
        **{name: query.get(name, "").strip()[:400] for name in names},
    )


def _form(query: QueryDict) -> ExceptionFilterForm:
    """A finding that no claim has today is still one to ask for."""
    rule = query.get("rule", "")[:400]
    known = bool(rule) and Finding.objects.filter(rule=rule).exists()
    return ExceptionFilterForm(query, rules=[(rule, rule)] if known else [])


EXCEPTIONS = ListOfWork(
    key="exceptions",
    url_name="claims:exceptions",
    permission=Permission.VIEW_CLAIMS,
    home=("view", "all"),
    form=_form,
    sorts=exception_queue.SORTS,
    columns={"payer": "Payer", "finding": "Finding", "fix": "Suggested fix", "owner": "Owner", "waits": "Waits"},
    choices={
        "view": exception_queue.VIEWS,
        "status": [status.value for status in WAITS_FOR_US],
        "due": exception_queue.DUE,
        "age": exception_queue.AGES,
    },
)


def _shown(request: HttpRequest, query: QueryDict) -> "QuerySet[WorkItem]":
    claims = exception_queue.claims(filter_of(query), user=signed_in_user(request), today=clock.today())
    return _tasks(claims)


def _ticked(marks: list[str]) -> "QuerySet[WorkItem]":
    return _tasks(Claim.objects.filter(public_id__in=marks))


def _tasks(claims: "QuerySet[Claim]") -> "QuerySet[WorkItem]":
    return WorkItem.objects.filter(pk__in=claims.order_by().values("work_item"))


BULK = BulkList(of=EXCEPTIONS, permission=Permission.EDIT_CLAIMS, shown=_shown, ticked=_ticked, row="claim")
