"""Who closes how much work: for whoever leads those who work here."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.practice.access import require
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.workspace.selectors.productivity import Row, duration_words, productivity
from apps.workspace.selectors.worklist import kind_words


@require_safe
@require(Permission.VIEW_PRODUCTIVITY)
def productivity_page(request: HttpRequest) -> HttpResponse:
    by = "week" if request.GET.get("by") == "week" else "day"
    kind, person = request.GET.get("kind", "")[:40], request.GET.get("person", "")[:16]
    found = productivity(clock.today(), by_week=by == "week", kind=kind, person=person)
    audit_read(request, "productivity", patients=[], action="list")
    names = {row.key: row.label for row in found.people if row.key}
    context = {
        "by": by,
        "periods": found.periods,
        "tables": [
            ("person", "By person", [_shown(row, by, "person", kind, person) for row in found.people]),
            ("kind", "By kind", [_shown(row, by, "kind", kind, person) for row in found.kinds]),
        ],
        "whole": _shown(found.whole, by, "", kind, person),
        "kind": kind_words(kind) if kind else "",
        "person": names.get(person, "somebody") if person else "",
    }
    return render_page(request, "workspace/productivity.html", context)


def _shown(row: Row, by: str, name: str, kind: str, person: str) -> dict[str, object]:
    """With the address of the same page for this person, or this kind, alone; the one that is chosen leads back to all."""
    chosen = {"kind": kind, "person": person}
    is_chosen = bool(name) and chosen[name] == row.key != ""
    asked = chosen | ({name: "" if is_chosen else row.key} if name else {})
    query = urlencode({key: value for key, value in {"by": by, **asked}.items() if value})
    return {
        "label": row.label,
        "href": f"?{query}" if name and row.key else "",
        "is_chosen": is_chosen,
        "numbers": row.numbers,
        "total": row.total,
        "median": duration_words(row.median),
    }
