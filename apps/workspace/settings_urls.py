from django.urls import path

from apps.workspace import payer_file_views, payer_views
from apps.workspace.connections import edit_views as editing
from apps.workspace.connections import views as connections
from apps.workspace.emergency import views as emergency
from apps.workspace.own import views as own
from apps.workspace.people import views as people
from apps.workspace.setup import views as setup
from apps.workspace.trail import views as trail

app_name = "settings"
urlpatterns = [
    path("set-up/", setup.setup, name="setup"),
    path("practice/", own.practice, name="practice"),
    path("practice/change/", own.edit_practice, name="edit_practice"),
    path("practice/<slug:kind>/new/", own.edit_own, name="new_own"),
    path("practice/<slug:kind>/<slug:public_id>/", own.edit_own, name="own"),
    path("connections/", connections.connections, name="connections"),
    path("connections/new/", editing.choose_system, name="choose_system"),
    path("connections/new/<slug:adapter>/", editing.connect, name="connect"),
    path("connections/<slug:public_id>/", editing.edit_connection, name="connection"),
    path("connections/<slug:public_id>/test/", connections.test, name="test_connection"),
    path("agreements/", setup.agreements, name="agreements"),
    path("agreements/<slug:vendor>/", setup.agreement, name="agreement"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<slug:public_id>/", people.person, name="person"),
    path("people/<slug:public_id>/<slug:verb>/", people.change, name="change_person"),
    path("audit/", trail.trail, name="trail"),
    path("audit/audit.csv", trail.export, name="export_trail"),
    path("emergency/", emergency.accesses, name="emergencies"),
    path("emergency/<slug:public_id>/", emergency.access, name="emergency"),
    path("emergency/<slug:public_id>/review/", emergency.review, name="review_emergency"),
    path("emergency/<slug:public_id>/end/", emergency.end, name="end_emergency"),
    path("payers/", payer_views.payer_list, name="payers"),
    path("payers/new/", payer_views.new_payer, name="new_payer"),
    path("payers/import/", payer_file_views.import_file, name="import_payers"),
    path("payers/payers.csv", payer_file_views.template, name="payer_template"),
    path("payers/<slug:public_id>/", payer_views.payer_page, name="payer"),
    path("payers/<slug:public_id>/change/", payer_views.edit_payer, name="edit_payer"),
    path("payers/<slug:public_id>/confirm/", payer_views.confirm, name="confirm_payer"),
    path("payers/<slug:public_id>/<slug:part>/new/", payer_views.edit_part, name="new_payer_part"),
    path("payers/<slug:public_id>/<slug:part>/<int:pk>/", payer_views.edit_part, name="payer_part"),
    path("payers/<slug:public_id>/<slug:part>/<int:pk>/remove/", payer_views.remove_part, name="remove_payer_part"),
]
