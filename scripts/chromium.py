"""The Chromium that the browser tests and the screenshots drive: where it is, how it is started, the windows that it opens."""

import os

from playwright.sync_api import Browser, Playwright, ViewportSize

from scripts.chromium_package import program_here

CHROMIUM = os.environ.get("CHROMIUM") or program_here()
SIZES: dict[str, ViewportSize] = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
# Without its own sandbox, which root may not use; in few processes, since all it shows is ours; without a word to its maker.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",
    "--renderer-process-limit=1",
    "--process-per-site",
    "--disable-features=IsolateOrigins,site-per-process,Translate,OptimizationHints,MediaRouter",
    "--disable-extensions",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def start_chromium(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
