import gc

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "apps.core"

    def ready(self) -> None:
        from apps.core.any_of import AnyOf  # noqa: F401  registers itself

        # What is loaded by now lives as long as the process: the collector need not walk over it again and again. Rows and parsed
        # records hold no circles, so that it may come less often: at its own pace it takes a third of a posting's work.
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
