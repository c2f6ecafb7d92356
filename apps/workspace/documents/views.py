"""A claim's documents: kept by a person, taken out of the house as a file, removed with a reason."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from apps.claims import services
from apps.claims.models import Claim, ClaimDocument
from apps.claims.rules.document_file import ENDINGS
from apps.connectors.payloads import opened
from apps.core import clock
from apps.core.htmx import render_page
from apps.intake.views.records import require_record
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.workspace.claim_records import claim_or_404, of_claim
from apps.workspace.documents.forms import DocumentForm, RemovalForm
from apps.workspace.documents.reading import find_document


@require_safe
@require_record(Permission.VIEW_CLAIMS, of_claim)
def download(request: HttpRequest, public_id: str, document_id: str) -> HttpResponseBase:
    """Never shown in the page: a file from outside is saved, under a name of ours."""
    claim, document = _document_or_404(public_id, document_id)
    audit_read(request, "claim_document", document.public_id, patients=[claim.patient.public_id], action="download")
    name = f"{document.kind}-{claim.control_number}.{ENDINGS[document.media_type]}"
    answer = FileResponse(
        opened(document.transmission), as_attachment=True, filename=name, content_type=document.media_type
    )
    answer["Content-Length"] = str(document.transmission.size)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.EDIT_CLAIMS)
def keep(request: HttpRequest, public_id: str) -> HttpResponse:
    claim = claim_or_404(public_id)
    is_post = request.method == "POST"
    sent = int(request.META.get("CONTENT_LENGTH") or 0)
    form = DocumentForm(request.POST, request.FILES, sent=sent) if is_post else DocumentForm()
    if is_post and form.is_valid():
        file: UploadedFile[bytes] = form.cleaned_data["file"]
        try:
            services.keep_document(
                claim=claim,
                kind=form.cleaned_data["kind"],
                name=file.name or "",
                payload=file.read(),
                acting_user=signed_in_user(request),
                now=clock.now(),
            )
        except services.UnacceptableDocumentError as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, "The document is kept with the claim.")
            return redirect("workspace:claim", public_id)
    audit_read(request, "claim", claim.public_id, patients=[claim.patient.public_id])
    context = {"claim": claim, "form": form}
    return render_page(request, "workspace/document_new.html", context, status=422 if is_post else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.EDIT_CLAIMS)
def remove(request: HttpRequest, public_id: str, document_id: str) -> HttpResponse:
    claim, document = _document_or_404(public_id, document_id)
    is_post = request.method == "POST"
    form = RemovalForm(request.POST) if is_post else RemovalForm()
    if is_post and form.is_valid():
        try:
            services.remove_document(
                document_id=document.public_id,
                because=form.cleaned_data["because"],
                acting_user=signed_in_user(request),
                now=clock.now(),
            )
            messages.success(request, "The document is removed. The claim's page keeps why.")
        except services.DocumentGoneError as refusal:
            messages.warning(request, str(refusal))
        return redirect("workspace:claim", public_id)
    audit_read(request, "claim_document", document.public_id, patients=[claim.patient.public_id])
    context = {"claim": claim, "document": document, "form": form}
    return render_page(request, "workspace/document_remove.html", context, status=422 if is_post else 200)


def _document_or_404(public_id: str, document_id: str) -> tuple[Claim, ClaimDocument]:
    claim = claim_or_404(public_id)
    document = find_document(claim, document_id)
    if document is None:
        raise Http404
    return claim, document
