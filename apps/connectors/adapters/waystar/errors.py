"""What Waystar's failures mean: was anything delivered, and may the same call be made again."""

import asyncssh

from apps.connectors.ports.errors import ConnectorError, OutageError, RefusedError, SignInRefusedError


class SignInError(SignInRefusedError):
    """Refused at the door. Five failed log-ins block the address."""


class UnknownHostKeyError(RefusedError):
    """The server shows another key than the one on record: it may be somebody else's."""


class FolderError(RefusedError):
    """The account lacks a folder or a right."""


def before_sending(failure: Exception) -> ConnectorError:
    """The failure came before the remote file was asked to be opened, so surely nothing was delivered."""
    if isinstance(failure, asyncssh.HostKeyNotVerifiable):
        return UnknownHostKeyError("The clearinghouse's SFTP server shows another host key than the one on record.")
    if isinstance(failure, asyncssh.PermissionDenied):
        return SignInError(
            "The clearinghouse refused the SFTP log-in. Check the user name and password in Settings, Connections."
        )
    if isinstance(failure, asyncssh.SFTPNoSuchFile | asyncssh.SFTPPermissionDenied | asyncssh.SFTPNoSuchPath):
        return FolderError("The clearinghouse's SFTP account lacks a folder or the right to it.")
    return OutageError("The clearinghouse's SFTP server could not be reached.")
