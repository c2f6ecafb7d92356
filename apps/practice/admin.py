from django.contrib import admin
from django.http import HttpRequest

from apps.practice.back_office import SettingsAdmin, SettingsInline
from apps.practice.models import (
    AuthorizationRequirement,
    FeeScheduleLine,
    Location,
    Payer,
    Practice,
    Provider,
)


class FeeInline(SettingsInline):
    model = FeeScheduleLine
    ordering = ("procedure", "-effective_on")


@admin.register(Practice)
class PracticeAdmin(SettingsAdmin):
    list_display = ("name", "messaging_name", "npi", "phone", "minimum_balance")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """An installation serves one practice."""
        return super().has_add_permission(request, obj) and not Practice.objects.exists()


@admin.register(Location)
class LocationAdmin(SettingsAdmin):
    list_display = ("name", "city", "npi", "phone")
    readonly_fields = ("public_id",)


@admin.register(Provider)
class ProviderAdmin(SettingsAdmin):
    list_display = ("last_name", "first_name", "npi", "taxonomy", "active", "confirmed")
    list_filter = ("active", "confirmed")
    search_fields = ("last_name", "npi")
    readonly_fields = ("public_id",)


@admin.register(Payer)
class PayerAdmin(SettingsAdmin):
    """Fees only: a payer, its ids, deadlines, enrollments and policies are written in Settings, Payers, whose forms check them."""

    list_display = ("name", "claims_id", "eligibility_id", "correction_route", "phone", "confirmed")
    list_filter = ("confirmed", "correction_route")
    search_fields = ("name", "claims_id")
    inlines = (FeeInline,)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002  Django's signature
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> list[str]:  # noqa: ARG002  Django's signature
        return [field.name for field in Payer._meta.fields if field.name != "id"]  # noqa: SLF001  a documented name of Django


@admin.register(AuthorizationRequirement)
class AuthorizationRequirementAdmin(SettingsAdmin):
    list_display = ("payer", "kind", "procedure", "starts_on", "ends_on", "source")
    list_filter = ("kind", "payer")
    search_fields = ("procedure",)
