from apps.eligibility.services.check_eligibility import CheckOutcome, check_eligibility
from apps.eligibility.services.plan_checks import PlannedChecks, plan_checks
from apps.eligibility.services.recheck import SelfPayAgreedError, recheck
from apps.eligibility.services.recover_checks import RecoveredChecks, recover_checks
from apps.eligibility.services.settle_check import SettlementError, settle_check
from apps.eligibility.services.start_check import NewCheck, start_check, start_checks
from apps.eligibility.services.take_back_self_pay import take_back_self_pay

__all__ = [
    "CheckOutcome",
    "NewCheck",
    "PlannedChecks",
    "RecoveredChecks",
    "SelfPayAgreedError",
    "SettlementError",
    "check_eligibility",
    "plan_checks",
    "recheck",
    "recover_checks",
    "settle_check",
    "start_check",
    "start_checks",
    "take_back_self_pay",
]
