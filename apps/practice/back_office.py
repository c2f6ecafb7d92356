"""The back office: Django's own pages for the few tables that have none of ours, for administrators, each change a row of the trail."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite, ModelAdmin, TabularInline
from django.core.exceptions import PermissionDenied
from django.db.models import Field, Model, URLField
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import capfirst

from apps.audit.trail import record
from apps.core import clock
from apps.practice.access import request_role, signed_in_user
from apps.practice.roles import Permission, may

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def may_configure(request: HttpRequest) -> bool:
    return may(request_role(request), Permission.CONFIGURE)


class BackOffice(AdminSite):
    site_header = "Throughline back office"
    site_title = "Throughline"
    index_title = "Back office"

    def has_permission(self, request: HttpRequest) -> bool:
        """By role, as everywhere; Django's own flags of staff and superuser open nothing."""
        return may_configure(request)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Django sends whoever lacks the permission to the log-in, which would send those who have signed in back here."""
        site_view = super().admin_view(view, cacheable)

        @wraps(site_view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return site_view(request, *args, **kwargs)

        return cast("View", guarded)


class ByRole:
    """Administrators see and change; nothing is deleted here, since claims point at these rows."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_configure(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002  Django's signature
        return may_configure(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002  Django's signature
        return may_configure(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002  Django's signature
        return may_configure(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002  Django's signature
        return False


_HTTPS: "Mapping[type[Field[Any, Any]], Mapping[str, Any]]" = {URLField: {"assume_scheme": "https"}}


class SettingsAdmin(ByRole, ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Each saved form is a row of the audit trail, with the names of the fields that it changed."""

    formfield_overrides = _HTTPS

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A list is headed by what it lists, as the links and the way there call it."""
        title = capfirst(self.model._meta.verbose_name_plural)  # noqa: SLF001  a documented name of Django
        answer: HttpResponse = super().changelist_view(request, {"title": title, **(extra_context or {})})
        return answer

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:
        super().save_model(request, obj, form, change)
        _record(request, obj, change=change, fields=form.changed_data)
        self.follow(obj, now=clock.now())

    def follow(self, obj: Any, *, now: datetime) -> None:
        """What a saved form brings about elsewhere: nothing, unless a table says so."""

    def save_formset(
        self, request: HttpRequest, form: "ModelForm[Any]", formset: "BaseModelFormSet[Any, Any]", change: bool
    ) -> None:
        super().save_formset(request, form, formset, change)
        for obj in formset.new_objects:
            _record(request, obj, change=False, fields=[])
        for obj, fields in formset.changed_objects:
            _record(request, obj, change=True, fields=fields)


class SettingsInline(ByRole, TabularInline):  # type: ignore[type-arg]  # generic in the stubs only
    extra = 0
    formfield_overrides = _HTTPS


def _record(request: HttpRequest, obj: Model, *, change: bool, fields: list[str]) -> None:
    record(
        "change_setting" if change else "add_setting",
        acting_user=signed_in_user(request),
        now=clock.now(),
        subject_kind=str(obj._meta.model_name),  # noqa: SLF001  a documented name of Django
        subject_public_id=str(getattr(obj, "public_id", obj.pk)),
        address=request.META.get("REMOTE_ADDR"),
        fields=fields,
    )
