from django.apps import AppConfig


class RemittancesConfig(AppConfig):
    name = "apps.remittances"
