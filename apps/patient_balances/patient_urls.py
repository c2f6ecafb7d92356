from django.urls import URLPattern

app_name = "patient_pages"
urlpatterns: list[URLPattern] = []
