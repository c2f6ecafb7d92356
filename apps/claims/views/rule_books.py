"""The quarterly look at the built-in rules: figures by rule, the claims behind one, a person's word, and who answers for them."""

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.claims import services
from apps.claims.forms.rules import BookOwnerForm, NoteForm
from apps.claims.models import Claim, RuleBook
from apps.claims.selectors.rule_books import (
    book_review,
    claims_of_rule,
    missed_claims,
    overrides_of,
    rule_book,
    rules_in,
    since_review,
)
from apps.claims.views.frame import PAGE_SIZE, allowed, tabs
from apps.core import clock
from apps.core.chips import Chip
from apps.core.counted_pages import CountedPaginator
from apps.core.htmx import render_page
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission

# What is shown of one rule: each a list of claims of selectors.rule_books.RuleClaims.
LISTS = {
    "found": "Claims found",
    "overridden": "Overridden",
    "denied": "Denied all the same",
    "alike": "Denials like it",
}
NOTHING = {
    "found": "It has spoken of no claim since.",
    "overridden": "Nobody has let one go since.",
    "denied": "No claim that was sent with its finding was denied since.",
    "alike": "No denial since is like those of claims that were sent with its finding.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.EDIT_CLAIMS)
def book(request: HttpRequest, kind: str) -> HttpResponse:
    known = _kind(kind)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        services.keep_book_review(
            kind=known, note=form.cleaned_data["note"], acting_user=signed_in_user(request), now=clock.now()
        )
        messages.success(request, "Noted. The next review is in a quarter.")
        return redirect("claims:payer_rules")
    return _show(request, known, form)


@require_POST
@require(Permission.CONFIGURE)
def give(request: HttpRequest, kind: str) -> HttpResponse:
    known = _kind(kind)
    form = BookOwnerForm(request.POST, nobody=rule_book(known, now=clock.now()).whole_role)
    if not form.is_valid():
        return _show(request, known, NoteForm(), form)
    row = services.give_book(
        kind=known, owner=form.cleaned_data["owner"], acting_user=signed_in_user(request), now=clock.now()
    )
    messages.success(request, f"{row.whose} answers for them now.")
    return redirect("claims:rule_book", kind)


@require_safe
@require(Permission.EDIT_CLAIMS)
def rule(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    known, now = _kind(kind), clock.now()
    named = next((each for each in rules_in(known) if each.code == code), None)
    if named is None:
        raise Http404
    row = rule_book(known, now=now)
    since, found = since_review(row, now=now), claims_of_rule(code, row, now=now)
    chosen = request.GET.get("list", "")
    if chosen not in LISTS:
        chosen = next(iter(LISTS))
    page = _page(request, code, Paginator(getattr(found, chosen), PAGE_SIZE))
    overrides = overrides_of(code, list(page.object_list), since) if chosen == "overridden" else {}
    context = {
        "row": row,
        "rule": named,
        "since": since,
        "carcs": found.carcs if chosen == "alike" else (),
        "lists": [Chip(name, label, getattr(found, name).count()) for name, label in LISTS.items()],
        "home": next(iter(LISTS)),
        "label": LISTS[chosen],
        "nothing": NOTHING[chosen],
        "page": page,
        "overridden": [(claim, overrides[claim.pk]) for claim in page.object_list if claim.pk in overrides],
        **tabs("rules"),
    }
    return render_page(request, "claims/built_in_rule.html", context)


@require_safe
@require(Permission.EDIT_CLAIMS)
def missed(request: HttpRequest, kind: str) -> HttpResponse:
    """Denied claims of which no rule of the book had spoken, of one reason code or of any."""
    known, now, carc = _kind(kind), clock.now(), request.GET.get("reason", "")
    row = rule_book(known, now=now)
    since = since_review(row, now=now)
    claims, number = missed_claims(known, carc, since=since)
    page = _page(request, kind, CountedPaginator(claims, PAGE_SIZE, count=number))
    context = {"row": row, "since": since, "carc": carc, "page": page, **tabs("rules")}
    return render_page(request, "claims/missed_denials.html", context)


def _page(request: HttpRequest, subject: str, claims: "Paginator[Claim]") -> "Page[Claim]":
    page = claims.get_page(request.GET.get("page"))
    if page.object_list:
        patients = [claim.patient.public_id for claim in page.object_list]
        audit_read(request, "built_in_rule", subject, patients=patients, action="list")
    return page


def _kind(text: str) -> RuleBook.Kind:
    if text not in RuleBook.Kind.values:
        raise Http404
    return RuleBook.Kind(text)


def _show(
    request: HttpRequest, kind: RuleBook.Kind, form: NoteForm, owner_form: BookOwnerForm | None = None
) -> HttpResponse:
    now = clock.now()
    row = rule_book(kind, now=now)
    first = {"owner": row.owner.public_id if row.owner else ""}
    context = {
        "row": row,
        "found": book_review(row, now=now),
        "is_due": row.review_on <= clock.today(),
        "form": form,
        "owner_form": owner_form or BookOwnerForm(initial=first, nobody=row.whole_role),
        "may_write": allowed(request, Permission.CONFIGURE),
        **tabs("rules"),
    }
    refused = form.errors or (owner_form is not None and owner_form.errors)
    return render_page(request, "claims/rule_book.html", context, status=422 if refused else 200)
