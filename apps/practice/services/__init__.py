"""What an administrator does about people, providers and payers."""

from apps.practice.services.confirm import confirm_payer, confirm_provider
from apps.practice.services.create_user import create_user
from apps.practice.services.disable_user import disable_user, enable_user
from apps.practice.services.end_access import end_sessions, reset_second_factor
from apps.practice.services.import_fees import FeesRefusedError, import_fees, preview_fees
from apps.practice.services.import_payers import LARGEST as LARGEST_PAYER_FILE
from apps.practice.services.import_payers import PayerDifference, PayersRefusedError, import_payers, preview_payers
from apps.practice.services.invitations import (
    InvitationRefusedError,
    invite,
    invite_again,
    send_invitation,
    withdraw_invitation,
)
from apps.practice.services.keep_agreement import keep_agreement
from apps.practice.services.keep_an_administrator import LastAdministratorError
from apps.practice.services.keep_own_data import keep_own_data
from apps.practice.services.keep_payers import PayerRow, drop_payer_row, keep_payer, keep_payer_row
from apps.practice.services.rotate_second_factors import rotate_second_factors
from apps.practice.services.set_role import set_role

__all__ = [
    "LARGEST_PAYER_FILE",
    "FeesRefusedError",
    "InvitationRefusedError",
    "LastAdministratorError",
    "PayerDifference",
    "PayerRow",
    "PayersRefusedError",
    "confirm_payer",
    "confirm_provider",
    "create_user",
    "disable_user",
    "drop_payer_row",
    "enable_user",
    "end_sessions",
    "import_fees",
    "import_payers",
    "invite",
    "invite_again",
    "keep_agreement",
    "keep_own_data",
    "keep_payer",
    "keep_payer_row",
    "preview_fees",
    "preview_payers",
    "reset_second_factor",
    "rotate_second_factors",
    "send_invitation",
    "set_role",
    "withdraw_invitation",
]
