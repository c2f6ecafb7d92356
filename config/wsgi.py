from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from apps.practice.demo_people import refuse_demo_people  # noqa: E402  models need the setup above

refuse_demo_people()
