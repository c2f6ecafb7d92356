"""What a saved view of the exception queue may ask for, and the queue's columns."""

from django.http import QueryDict

from apps.claims.forms import ExceptionFilterForm
from apps.claims.models import Finding
from apps.claims.selectors import exception_queue
from apps.claims.states import WAITS_FOR_US
from apps.practice.roles import Permission
from apps.worklist.lists import ListOfWork


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
