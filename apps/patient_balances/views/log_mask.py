"""A link's token never enters a log: the loggers that write addresses mask it."""

import logging
import re

# One that lost its last signs is masked too: the few that lack can be tried.
TOKEN = re.compile(r"(/pay/)[A-Za-z0-9_-]{16,}")
# Django's own, the development server's, and those of the servers that may stand in front of Django.
WRITE_ADDRESSES = (
    "django.request",
    "django.server",
    "django.security.csrf",
    "gunicorn.access",
    "gunicorn.error",
    "uvicorn.access",
)


class MaskLinks(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        masked = TOKEN.sub(r"\1********", text)
        if masked != text:
            record.msg, record.args = masked, ()
        return True


def mask_links() -> None:
    for name in WRITE_ADDRESSES:
        logger = logging.getLogger(name)
        if not any(isinstance(each, MaskLinks) for each in logger.filters):
            logger.addFilter(MaskLinks())
