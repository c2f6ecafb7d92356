"""What an administrator does about people, providers and payers."""

from apps.practice.services.confirm import confirm_payer, confirm_provider
from apps.practice.services.create_user import create_user
from apps.practice.services.disable_user import disable_user, enable_user
from apps.practice.services.import_fees import FeesRefusedError, import_fees, preview_fees
from apps.practice.services.keep_an_administrator import LastAdministratorError
from apps.practice.services.rotate_second_factors import rotate_second_factors
from apps.practice.services.set_role import set_role

__all__ = [
    "FeesRefusedError",
    "LastAdministratorError",
    "confirm_payer",
    "confirm_provider",
    "create_user",
    "disable_user",
    "enable_user",
    "import_fees",
    "preview_fees",
    "rotate_second_factors",
    "set_role",
]
