from django.urls import path

from apps.automations.console import views

app_name = "sandbox"
urlpatterns = [
    path("", views.console, name="console"),
    path("<slug:what>/", views.turn, name="turn"),
]
