from django.apps import AppConfig


class PatientBalancesConfig(AppConfig):
    name = "apps.patient_balances"

    def ready(self) -> None:
        from apps.patient_balances.log_mask import mask_links

        mask_links()
