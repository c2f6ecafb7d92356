"""What the staff's pages of this room share."""

from django.http import HttpRequest

from apps.practice.access import request_role
from apps.practice.roles import Permission, may

PAGE_SIZE = 50


def may_work(request: HttpRequest) -> bool:
    return may(request_role(request), Permission.WORK_BALANCES)
