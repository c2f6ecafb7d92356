from django.contrib import admin

from apps.claims.models import CodeFact, DrugNumberPolicy
from apps.practice.back_office import SettingsAdmin


@admin.register(CodeFact)
class CodeFactAdmin(SettingsAdmin):
    list_display = ("code", "kind", "value", "effective_on", "ends_on", "source")
    list_filter = ("kind",)
    search_fields = ("code",)


@admin.register(DrugNumberPolicy)
class DrugNumberPolicyAdmin(SettingsAdmin):
    list_display = ("payer", "filing_indicator", "effective_on", "ends_on", "source")
