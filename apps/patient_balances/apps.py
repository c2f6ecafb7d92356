from django.apps import AppConfig


class PatientBalancesConfig(AppConfig):
    name = "apps.patient_balances"
