"""The practice's side of a webhook and of a payment page, as small as it can be: it notes what it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.serving import serving

VERIFY = (
    '<form method="post" action="/p/verify" data-step="verify"><input name="birth_date"><input name="postcode">'
    "<button>Go</button></form>"
)
PAY = (
    '<form method="post" action="/p/pay" data-step="pay"><input name="amount" value="30.00"><button>Pay</button></form>'
)


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    url: str = ""
    card_page: str = ""
    status: int = 200
    requests: list[Request] = field(default_factory=list)

    def to(self, path: str) -> list[Request]:
        return [each for each in self.requests if each.path.partition("?")[0] == path]


@contextmanager
def listening() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._note()
            self._answer(VERIFY if self.path.startswith("/p/") else "")

        def do_POST(self) -> None:
            self._note()
            if self.path == "/p/pay" and receiver.card_page:
                self.send_response(303)
                self.send_header("location", receiver.card_page)
                self.end_headers()
            else:
                self._answer(PAY if self.path == "/p/verify" else "")

        def _note(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.requests.append(Request(self.command, self.path, headers, body))

        def _answer(self, page: str) -> None:
            self.send_response(receiver.status)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    with serving(Handler) as receiver.url:
        yield receiver
