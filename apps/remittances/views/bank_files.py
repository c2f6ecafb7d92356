"""Bank files: upload with a look before, what each brought; and the saved texts that set credits aside."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.connectors.ports.errors import RefusedError
from apps.core import clock
from apps.core.htmx import render_page
from apps.core.shown import counted
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.remittances.forms.deposits import RuleForm
from apps.remittances.forms.uploads import BankFileForm
from apps.remittances.models import SetAsideRule
from apps.remittances.rules.bank_rows import UnknownColumnsError
from apps.remittances.selectors import deposits
from apps.remittances.services import (
    BankFileReading,
    DepositError,
    NoAccountError,
    add_rule,
    end_rule,
    import_bank_file,
    preview_bank_file,
)
from apps.remittances.views.deposits import found_or_404

PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.WORK_REMITTANCES)
def upload(request: HttpRequest) -> HttpResponse:
    """With `look`, what the file would bring, and nothing is kept."""
    is_post = request.method == "POST"
    sent = int(request.META.get("CONTENT_LENGTH") or 0)
    form = BankFileForm(request.POST, request.FILES, sent=sent) if is_post else BankFileForm()
    looked: BankFileReading | None = None
    if is_post and form.is_valid():
        try:
            reading = _read(request, form)
        except (RefusedError, UnknownColumnsError, NoAccountError) as refusal:
            form.add_error("file", str(refusal))
        else:
            if reading.file:
                _say(request, reading)
                return redirect("remittances:bank_file", reading.file)
            looked = reading
    context = {"form": form, "looked": looked, "accounts": deposits.account_names()}
    return render_page(
        request, "remittances/bank_upload.html", context, status=422 if is_post and looked is None else 200
    )


def _read(request: HttpRequest, form: BankFileForm) -> BankFileReading:
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    account, now = form.cleaned_data["account"], clock.now()
    if "look" in request.POST:
        return preview_bank_file(payload=file.read(), account=account, now=now)
    return import_bank_file(
        payload=file.read(), name=file.name or "", account=account, acting_user=signed_in_user(request), now=now
    )


def _say(request: HttpRequest, reading: BankFileReading) -> None:
    came = f"{counted(reading.new, 'credit')} came in"
    if reading.repeated and not reading.new:
        messages.warning(request, "This file had come in before. Nothing was added.")
    elif reading.problems:
        messages.warning(request, f"{came}, {counted(len(reading.problems), 'row was,rows were')} refused.")
    else:
        messages.success(request, f"{came}. {'It is' if reading.new == 1 else 'They are'} compared with the payments.")


@require_safe
@require(Permission.VIEW_REMITTANCES)
def file_page(request: HttpRequest, public_id: str) -> HttpResponse:
    file = found_or_404(deposits.find_file(public_id))
    audit_read(request, "bank_file", file.public_id, patients=[])
    page = Paginator(file.problems, PAGE).get_page(request.GET.get("page"))
    may_work = may(request_role(request), Permission.WORK_REMITTANCES)
    context = {"file": file, "page": page, "standing": deposits.lines_by_state(file), "may_work": may_work}
    return render_page(request, "remittances/bank_file.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.VIEW_REMITTANCES)
def rules(request: HttpRequest) -> HttpResponse:
    may_work = may(request_role(request), Permission.WORK_REMITTANCES)
    is_post = request.method == "POST" and may_work
    form = RuleForm(request.POST) if is_post else RuleForm()
    if is_post and form.is_valid():
        try:
            number = add_rule(acting_user=signed_in_user(request), now=clock.now(), **form.cleaned_data)
        except DepositError as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, f"The rule stands. It set {counted(number, 'credit')} aside.")
            return redirect("remittances:deposit_rules")
    context = {"form": form, "rules": deposits.standing_rules(), "may_work": may_work}
    return render_page(request, "remittances/deposit_rules.html", context, status=422 if is_post else 200)


@require_POST
@require(Permission.WORK_REMITTANCES)
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(SetAsideRule.objects.only("pk"), public_id=public_id)
    end_rule(rule_id=public_id, acting_user=signed_in_user(request), now=clock.now())
    messages.success(request, "The rule ended. What it set aside stays so.")
    return redirect("remittances:deposit_rules")
