from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "apps.practice"

    def ready(self) -> None:
        from apps.practice.sign_in_trail import listen

        listen()
