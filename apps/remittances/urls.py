from django.urls import URLPattern

app_name = "remittances"
urlpatterns: list[URLPattern] = []
