from django.urls import path, re_path

from apps.patient_balances.views import patient_bill, patient_door

app_name = "patient_pages"
urlpatterns = [
    path("enter", patient_door.enter, name="enter"),
    path("verify", patient_door.verify, name="verify"),
    path("leave", patient_door.leave, name="leave"),
    path("bill", patient_bill.bill, name="statement"),
    path("part", patient_bill.part, name="part"),
    path("checkout", patient_bill.checkout, name="checkout"),
    path("done", patient_bill.done, name="done"),
    path("receipt/<str:reference>", patient_bill.show_receipt, name="receipt"),
    re_path(r"^ask/(?P<what>insurance|question|plan)$", patient_bill.ask, name="ask"),
    # 256 bits in base 64, and no slash behind it: each sign counts in a text of 160.
    re_path(r"^(?P<token>[A-Za-z0-9_-]{43})$", patient_door.door, name="open"),
    # A link that lost its end on the way is still a patient's.
    re_path(r"^.*$", patient_door.lost, name="lost"),
]
