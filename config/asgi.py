from django.core.asgi import get_asgi_application

application = get_asgi_application()

from apps.practice.demo_people import refuse_demo_people  # noqa: E402  models need the setup above

refuse_demo_people()
