from django.apps import AppConfig
from django.core import checks


class PracticeConfig(AppConfig):
    name = "apps.practice"

    def ready(self) -> None:
        from apps.practice.demo_people import check_database
        from apps.practice.sign_in_trail import listen

        checks.register(check_database, checks.Tags.database)
        listen()
