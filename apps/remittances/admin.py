from django.contrib import admin

from apps.practice.back_office import SettingsAdmin
from apps.remittances.models import BankAccount


@admin.register(BankAccount)
class BankAccountAdmin(SettingsAdmin):
    list_display = ("name", "date_format")
