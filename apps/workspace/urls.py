from django.urls import include, path

from apps.worklist.bulk_views import bulk_urls
from apps.worklist.list_views import list_urls
from apps.workspace import claim_views, coverage_views, note_views, patient_views, refused_views, today_views, views
from apps.workspace import conflict_views as conflicts
from apps.workspace.authorizations import views as authorizations
from apps.workspace.documents import views as documents
from apps.workspace.emergency import views as emergency
from apps.workspace.worklist import alert_views, item_views, list_views, productivity_views
from apps.workspace.worklist import views as worklist

app_name = "workspace"
urlpatterns = [
    path("", today_views.today, name="today"),
    path("search/", views.search, name="search"),
    path("worklist/", worklist.worklist_page, name="worklist"),
    path("worklist/export/", worklist.export, name="worklist_export"),
    path("worklist/productivity/", productivity_views.productivity_page, name="productivity"),
    path("worklist/alerts/", alert_views.switch_due_alert, name="switch_due_alert"),
    path("worklist/", include([*list_urls(list_views.WORKLIST), *bulk_urls(list_views.BULK)])),
    path("worklist/<str:public_id>/", item_views.item, name="work_item"),
    path("worklist/<str:public_id>/do/<slug:verb>/", item_views.change, name="change_work"),
    path("work/<str:public_id>/snooze/", today_views.snooze, name="snooze"),
    path("work/<str:public_id>/take/", today_views.take, name="take"),
    path("stay/", views.stay, name="stay"),
    path("theme/", views.theme, name="theme"),
    path("claim/<str:public_id>/", claim_views.claim, name="claim"),
    path("claim/<str:public_id>/file/<str:file_id>/", claim_views.claim_file, name="claim_file"),
    path("claim/<str:public_id>/note/", note_views.note_claim, name="note_claim"),
    path("claim/<str:public_id>/documents/new/", documents.keep, name="keep_document"),
    path("claim/<str:public_id>/documents/<str:document_id>/", documents.download, name="claim_document"),
    path("claim/<str:public_id>/documents/<str:document_id>/remove/", documents.remove, name="remove_document"),
    path("reveal/<slug:kind>/<path:of>/", views.reveal, name="reveal"),
    path("refused-charges/<slug:public_id>/", refused_views.refused_charges, name="refused_charges"),
    path("refused-charges/<slug:public_id>/aside/", refused_views.set_refused_aside, name="refused_charges_aside"),
    path("refused-appointments/<slug:public_id>/", refused_views.refused_appointment, name="refused_appointment"),
    path(
        "refused-appointments/<slug:public_id>/aside/",
        refused_views.set_appointment_aside,
        name="refused_appointment_aside",
    ),
    path("visit-conflict/<slug:public_id>/", conflicts.visit_conflict, name="visit_conflict"),
    path("visit-conflict/<slug:public_id>/keep/", conflicts.keep, name="visit_conflict_keep"),
    path("visit-conflict/<slug:public_id>/take/", conflicts.take, name="visit_conflict_take"),
    path("patient/<str:public_id>/", patient_views.patient, name="patient"),
    path("patient/<str:public_id>/note/", note_views.note_patient, name="note_patient"),
    path("patient/<str:public_id>/alike/", patient_views.settle_alike, name="settle_alike"),
    path("patient/<str:public_id>/keep-coverage/", coverage_views.keep_entered, name="keep_entered"),
    path("patient/<str:public_id>/hospice/", patient_views.record_hospice, name="record_hospice"),
    path("patient/<str:public_id>/emergency/", emergency.open_record, name="open_emergency"),
    path("emergency/<str:public_id>/close/", emergency.close_record, name="close_emergency"),
    path("patient/<str:public_id>/authorizations/", authorizations.authorizations, name="authorizations"),
    path("patient/<str:public_id>/authorizations/save/", authorizations.save_authorization, name="save_authorization"),
]
