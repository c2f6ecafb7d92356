"""The Clearinghouse port on Waystar."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from apps.connectors import http
from apps.connectors.adapters.waystar import mapping, sftp
from apps.connectors.adapters.waystar.download import Download
from apps.connectors.adapters.waystar.errors import FolderError
from apps.connectors.adapters.waystar.upload import Upload
from apps.connectors.ports.clearinghouse import ResponseFile
from apps.connectors.ports.errors import ConnectorError, NotSetUpError, RefusedError, SignInRefusedError
from apps.connectors.ports.setting_fields import SettingField

SYSTEM = "The clearinghouse"
ELIGIBILITY_URL = "https://eligibilityapi.zirmed.com/1.0/Rest/Gateway/GatewayAsync.ashx"
ELIGIBILITY_HOSTS = ("eligibilityapi.zirmed.com",)
SIGN_IN = frozenset({401, 403})
ELIGIBILITY_LOG_IN = ("eligibility_user", "eligibility_password")


SETTING_FIELDS = (
    SettingField("sftp_user", "SFTP user name"),
    SettingField("sftp_password", "SFTP password", "Five log-ins that fail block this server's address.", secret=True),
    SettingField("sftp_host_key", "SFTP host key", "One line, as in known_hosts. Nothing connects without it."),
    SettingField("sftp_host", "SFTP host", f"Empty: {sftp.VENDOR_HOSTS[0]}."),
    SettingField("sftp_port", "SFTP port", "Empty: 22.", is_number=True),
    SettingField("upload_folder", "Folder for what is sent", "Empty: upload."),
    SettingField("download_folder", "Folder for what comes", "Empty: download."),
    SettingField("eligibility_user", "Eligibility user name", "Empty where coverage is not asked through Waystar."),
    SettingField("eligibility_password", "Eligibility password", secret=True),
    SettingField("customer_id", "Customer ID", "Of the eligibility account, where it has several customers."),
    SettingField(
        "sender_id",
        "Sender ID",
        "ISA06 and GS02 of what is sent. Empty: the practice's tax ID, or its NPI where the tax ID is an SSN.",
    ),
    SettingField("submitter_id", "Submitter ID", "Loop 1000A of a claim file. Empty: the sender ID."),
    SettingField("receiver_id", "Receiver ID", "ISA08 and GS03. Empty: CLEARINGHOUSE."),
    SettingField("receiver_name", "Receiver name", "Loop 1000B of a claim file. Empty: CLEARINGHOUSE."),
)


class WaystarClearinghouse:
    required_settings = ("sftp_user", "sftp_password", "sftp_host_key")
    setting_fields = SETTING_FIELDS

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Raises KeyError, which names it, for a required setting that is lacking: before a session could be under way."""
        for name in self.required_settings:
            if name not in settings:
                raise KeyError(name)
        self._settings = settings
        self._upload = str(settings.get("upload_folder", "upload"))
        self._download = str(settings.get("download_folder", "download"))

    @staticmethod
    def check_settings(settings: Mapping[str, Any]) -> None:
        sftp.check_address(settings)
        sftp.pinned_key(settings)
        if len([name for name in ELIGIBILITY_LOG_IN if settings.get(name)]) == 1:
            raise RefusedError(
                f"Write both {' and '.join(ELIGIBILITY_LOG_IN)}, or neither where eligibility is not asked."
            )

    def try_out(self) -> None:
        """Signs in and looks for both folders. Eligibility is not asked: an inquiry is about somebody."""
        sftp.run(self._look)

    async def _look(self) -> None:
        async with sftp.session(self._settings) as client:
            for folder in (self._upload, self._download):
                if not await client.isdir(folder):
                    raise FolderError(f"The clearinghouse has no folder {folder} for this account.")

    def upload_claims(self, name: str, payload: bytes) -> None:
        self._deliver(mapping.remote_name(name), payload)

    def upload_inquiry(self, name: str, payload: bytes) -> None:
        self._deliver(mapping.remote_name(name, mapping.INQUIRY_ROUTE), payload)

    def _deliver(self, name: str, payload: bytes) -> None:
        upload = Upload(f"{self._upload}/{name}", payload)
        try:
            sftp.run(lambda: upload.send(self._settings), upload.judge)
        except ConnectorError:
            if not upload.arrived:
                raise

    def holds_upload(self, name: str) -> bool | None:  # noqa: ARG002  the port's signature
        return None  # an upload is collected at once: nothing tells afterwards whether it arrived

    def new_files(self, known: Mapping[tuple[str, int], datetime]) -> Iterator[ResponseFile]:
        return Download(self._download, known).files(self._settings)

    def check_eligibility(self, inquiry: bytes) -> bytes:
        if not all(self._settings.get(name) for name in ELIGIBILITY_LOG_IN):
            names = " and ".join(ELIGIBILITY_LOG_IN)
            raise NotSetUpError(f"Eligibility is not set up: write {names} in Settings, Connections.")
        url = str(self._settings.get("eligibility_url", ELIGIBILITY_URL))
        form = mapping.inquiry_form(self._settings, inquiry)
        with http.client(self._settings.get("hosts") or ELIGIBILITY_HOSTS) as session:
            response = http.ask(session, "POST", url, system=SYSTEM, data=form)
        if not response.is_success:
            refusal = SignInRefusedError if response.status_code in SIGN_IN else RefusedError
            raise refusal(f"The clearinghouse refused the eligibility inquiry ({response.status_code}).")
        problem = mapping.answer_problem(response.content)
        if problem:
            raise problem
        return response.content.strip()
