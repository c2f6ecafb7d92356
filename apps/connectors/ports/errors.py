"""How an adapter says that the other side failed."""


class ConnectorError(Exception):
    """The other side did not do it. `retryable` says whether the same call may succeed later."""

    retryable = False


class OutageError(ConnectorError):
    """Not reached, overloaded or asked to wait: try again later."""

    retryable = True


class UncertainError(ConnectorError):
    """The call was cut off: it may have been carried out. Never repeated by itself (ARCHITECTURE law 11)."""


class RefusedError(ConnectorError):
    """Understood and refused: credentials, permission or content. The message says which."""


class SignInRefusedError(RefusedError):
    """The credentials were refused. Vendors count these and block the account: see `apps.connectors.doors`."""


class HeldBackError(SignInRefusedError):
    """The other side was not asked, since it refused the credentials before."""


class NotSetUpError(RefusedError):
    """The connection serves other purposes only; the other side was not asked. The message says which settings this one needs."""


class AddressRefusedError(RefusedError):
    """The address cannot be written to on this channel (landline, no such number or mailbox): another channel may reach it."""


class OptedOutError(AddressRefusedError):
    """The person has told the vendor to stop; the practice's consent has ended."""


class InvalidSignatureError(ConnectorError):
    """A webhook whose signature does not hold."""
