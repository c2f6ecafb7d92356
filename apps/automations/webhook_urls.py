from django.urls import path

from apps.automations import webhooks

app_name = "webhooks"
urlpatterns = [
    path("ehr/", webhooks.ehr, name="ehr"),
    path("payments/", webhooks.payments, name="payments"),
    path("messages/", webhooks.messages, name="messages"),
    path("messages/call/", webhooks.messages, name="call"),
]
