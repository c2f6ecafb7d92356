from django.apps import AppConfig


class PatientBalancesConfig(AppConfig):
    name = "apps.patient_balances"

    def ready(self) -> None:
        from apps.patient_balances.views.log_mask import mask_links

        mask_links()
