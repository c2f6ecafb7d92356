from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

# Models need the setup above.
from django.urls import get_resolver  # noqa: E402

from apps.practice.demo_people import refuse_demo_people  # noqa: E402

refuse_demo_people()
get_resolver().url_patterns  # noqa: B018  all pages' modules are loaded now, and the first visitor does not wait for them
