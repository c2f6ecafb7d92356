from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from apps.claims.selectors.versions_sent import named_versions
from apps.core import clock
from apps.core.chips import Chip
from apps.core.htmx import render_page, wants_fragment
from apps.core.plain_codes import whole_number
from apps.core.status_words import status_of
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.remittances.forms.uploads import UploadForm
from apps.remittances.models import RemittanceFile, RemittedClaim
from apps.remittances.rules.balance_proof import claim_proof
from apps.remittances.selectors import pages, proofs
from apps.remittances.selectors.by_hand import hand_remittance_of, undoing_file_of
from apps.remittances.selectors.deposits import bank_state
from apps.remittances.selectors.proofs import posted_figures
from apps.remittances.selectors.raw import claim_segments, file_segments, payment_segments
from apps.remittances.services import UnacceptableFileError, take_file
from apps.remittances.services.replan import item_of
from apps.remittances.services.reverse_by_hand import why_not_to_reverse
from apps.remittances.services.reverse_payment import why_not_to_reverse_payment
from apps.x12.guides import x835

PAGE = 50


@require_safe
@require(Permission.VIEW_REMITTANCES)
def file_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """One payment of the file at a time: `?payment=` its number."""
    file = _file_or_404(public_id)
    rows = pages.payment_rows(pages.payments_of(file))
    shown = _shown(rows, request.GET.get("payment", ""))
    context: dict[str, object] = {"file": file, "rows": rows, "shown": shown, "by_hand": hand_remittance_of(file)}
    seen: list[str] = []
    if shown is None:
        context["segments"] = file_segments(file)
    else:
        found = pages.claims_of(shown.payment, request.GET.get("outcome", ""))
        page = Paginator(found, PAGE).get_page(request.GET.get("page"))
        seen = _patients(page)
        context |= {
            "page": page,
            "chips": [_outcome_chip(value, number) for value, number in shown.outcomes],
            "adjustments": pages.adjustments_of(shown.payment),
            "segments": payment_segments(shown.payment),
            "proof": proofs.payment_proof(shown.payment),
            "bank": bank_state(shown.payment, today=clock.today()),
            "undone_by": undoing_file_of(shown.payment),
            "may_undo": may(request_role(request), Permission.WORK_REMITTANCES)
            and not why_not_to_reverse_payment(shown.payment),
        }
    audit_read(request, "remittance_file", file.public_id, patients=seen)
    return render_page(request, "remittances/file.html", context, fragment="claims")


def _shown(rows: Sequence[pages.PaymentRow], number: str) -> pages.PaymentRow | None:
    wanted = [row for row in rows if str(row.payment.number) == number]
    return next(iter([*wanted, *rows]), None)


def _outcome_chip(outcome: str, number: int) -> Chip:
    word, shape = status_of(outcome)
    return Chip(outcome, word, number, shape)


def _patients(rows: Iterable[RemittedClaim]) -> list[str]:
    return [row.claim.patient.public_id for row in rows if row.claim]


@require_safe
@require(Permission.VIEW_REMITTANCES)
def claim_part(request: HttpRequest, public_id: str, payment: int, number: int) -> HttpResponse:
    """The segments of one remitted claim, folded in the file's page or a page of its own."""
    file = _file_or_404(public_id)
    row = pages.find_remitted_claim(file, payment, number)
    if row is None:
        raise Http404
    audit_read(request, "remitted_claim", file.public_id, patients=_patients([row]))
    may_reverse = may(request_role(request), Permission.WORK_REMITTANCES) and not why_not_to_reverse(row)
    context = {
        "file": file,
        "row": row,
        "segments": claim_segments(row, _meant(request)),
        "may_reverse": may_reverse,
        "may_say_version": may_reverse and row.claim_id is not None and len(named_versions(row.claim_id)) > 1,
    }
    if not wants_fragment(request):
        item = item_of(row)
        context["proof"] = claim_proof(item) if isinstance(item, x835.RemittedClaim) else None
        context["posted"] = posted_figures(row)
    return render_page(request, "remittances/claim_part.html", context, fragment="segments")


@require_safe
@require(Permission.VIEW_REMITTANCES)
def payment_part(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """The segments of a payment itself, `?segment=` the one that is asked for."""
    file = _file_or_404(public_id)
    payment = next((each for each in pages.payments_of(file) if each.number == number), None)
    if payment is None:
        raise Http404
    audit_read(request, "remittance_payment", file.public_id, patients=[])
    context = {"file": file, "payment": payment, "segments": payment_segments(payment, _meant(request))}
    return render_page(request, "remittances/payment_part.html", context)


def _meant(request: HttpRequest) -> int | None:
    return whole_number(request.GET.get("segment", ""))


@require_safe
@require(Permission.VIEW_REMITTANCES)
def file_list(request: HttpRequest) -> HttpResponse:
    """`?show=waiting` or a state of a file."""
    show = request.GET.get("show", "")
    page = Paginator(proofs.files(state=show, waiting=show == "waiting"), PAGE).get_page(request.GET.get("page"))
    audit_read(request, "remittance_files", patients=[], action="list")
    states = [Chip(state, status_of(state, "file").word, number) for state, number in proofs.file_states()]
    context = {
        "page": page,
        "rows": proofs.file_rows(list(page)),
        "waiting": pages.waiting(),
        "filtered": bool(show),
        "chips": [Chip("waiting", "Something waits"), *states],
        "may_work": may(request_role(request), Permission.WORK_REMITTANCES),
    }
    return render_page(request, "remittances/files.html", context, fragment="table")


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.WORK_REMITTANCES)
def upload(request: HttpRequest) -> HttpResponse:
    is_post = request.method == "POST"
    sent = int(request.META.get("CONTENT_LENGTH") or 0)
    form = UploadForm(request.POST, request.FILES, sent=sent) if is_post else UploadForm()
    if is_post and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            taken = take_file(name=file.name, payload=file.read(), acting_user=signed_in_user(request), now=clock.now())
        except UnacceptableFileError as refusal:
            form.add_error("file", str(refusal))
        else:
            if taken.is_new:
                messages.success(
                    request,
                    "The file is stored and is being posted. Jobs, in the menu under your name, shows how far it is.",
                )
            else:
                messages.warning(request, "This file had come in before. Nothing is posted twice.")
            return redirect("remittances:list")
    return render_page(request, "remittances/upload.html", {"form": form}, status=422 if is_post else 200)


def _file_or_404(public_id: str) -> RemittanceFile:
    file = pages.find_file(public_id)
    if file is None:
        raise Http404
    return file
