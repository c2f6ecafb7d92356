from apps.patient_balances.services.alert_refunds import alert_refunds
from apps.patient_balances.services.answer_dispute import answer_dispute
from apps.patient_balances.services.answer_inbound import answer_inbound
from apps.patient_balances.services.compare_dispute import DisputeError, compare_dispute
from apps.patient_balances.services.fetch_payments import fetch_payments
from apps.patient_balances.services.hold_for_unread import release_held
from apps.patient_balances.services.mark_letter_mailed import NoLetterError, mark_letter_mailed
from apps.patient_balances.services.open_balances import OpenedBalances, open_balances
from apps.patient_balances.services.open_link import (
    Closed,
    LinkClosedError,
    look_up,
    open_link,
    revoke_link,
    usable,
    verify_identity,
)
from apps.patient_balances.services.plan_messages import PlannedMessages, plan_messages
from apps.patient_balances.services.post_payment import Posted
from apps.patient_balances.services.receive_message_event import Received, receive_message_event
from apps.patient_balances.services.receive_payment_event import receive_payment_event
from apps.patient_balances.services.recover_messages import RecoveredMessages, recover_messages
from apps.patient_balances.services.refund_parked import refund_parked
from apps.patient_balances.services.resolve_unknown_message import NotUnknownError, resolve_unknown_message
from apps.patient_balances.services.revoke_consent import revoke_consent
from apps.patient_balances.services.send_message import Sending, send_message
from apps.patient_balances.services.settle_review import PaidBack, ReviewError, decide_review, settle_review
from apps.patient_balances.services.settle_stray import NotStrayError, apply_stray_payment, close_stray_payment
from apps.patient_balances.services.start_payment import (
    AmountError,
    NothingToPayError,
    StartedPayment,
    start_payment,
)
from apps.patient_balances.services.stop_balance import NotLiveError, ProtectedError, resume_balance, stop_balance
from apps.patient_balances.services.take_request import FROM_PATIENTS, take_request
from apps.patient_balances.services.write_off_balance import decide_balance_write_off, write_off_balance

__all__ = [
    "FROM_PATIENTS",
    "AmountError",
    "Closed",
    "DisputeError",
    "LinkClosedError",
    "NoLetterError",
    "NotLiveError",
    "NotStrayError",
    "NotUnknownError",
    "NothingToPayError",
    "OpenedBalances",
    "PaidBack",
    "PlannedMessages",
    "Posted",
    "ProtectedError",
    "Received",
    "RecoveredMessages",
    "ReviewError",
    "Sending",
    "StartedPayment",
    "alert_refunds",
    "answer_dispute",
    "answer_inbound",
    "apply_stray_payment",
    "close_stray_payment",
    "compare_dispute",
    "decide_balance_write_off",
    "decide_review",
    "fetch_payments",
    "look_up",
    "mark_letter_mailed",
    "open_balances",
    "open_link",
    "plan_messages",
    "receive_message_event",
    "receive_payment_event",
    "recover_messages",
    "refund_parked",
    "release_held",
    "resolve_unknown_message",
    "resume_balance",
    "revoke_consent",
    "revoke_link",
    "send_message",
    "settle_review",
    "start_payment",
    "stop_balance",
    "take_request",
    "usable",
    "verify_identity",
    "write_off_balance",
]
