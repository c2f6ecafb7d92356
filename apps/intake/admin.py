from django.contrib import admin

from apps.intake.models import ColumnMapping
from apps.practice.back_office import SettingsAdmin


@admin.register(ColumnMapping)
class ColumnMappingAdmin(SettingsAdmin):
    list_display = ("name", "date_format")
