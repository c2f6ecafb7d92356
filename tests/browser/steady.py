"""Whether a page stands still and whole: what moved by itself, what the policy refused, what is cut or cannot be reached at its width."""

import time
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, ViewportSize

# Two phones, and a desk's 1440 px at 200 % zoom: the page has half of them.
WIDTHS: dict[str, ViewportSize] = {
    "390 px": {"width": 390, "height": 844},
    "320 px": {"width": 320, "height": 640},
    "200 %": {"width": 720, "height": 450},
}
LATE_SECONDS = 0.04
# What holds up the rest: scripts run in the order in which they stand.
LATE = ("throughline.css", "theme.js")
# Cumulative layout shift; web.dev calls twenty times that good.
MOST_SHIFT = 0.005
WATCHING = """
window.watched = { moved: 0, refused: [] };
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { watched.moved += entry.hadRecentInput ? 0 : entry.value; }))
  .observe({ type: "layout-shift", buffered: true });
document.addEventListener("securitypolicyviolation", (event) => watched.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
LOOK = """() => {
  const root = document.documentElement, width = root.clientWidth, found = [];
  const words = (element) => element.textContent.trim().slice(0, 30);
  const said = (element) => `${element.tagName.toLowerCase()} ${element.id || element.className || ""} "${words(element)}"`;
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false });
  const hiddenBySize = (element) => { const box = element.getBoundingClientRect(); return box.width <= 2 || box.height <= 2; };
  const ownScroll = (element) => {
    for (let above = element.parentElement; above && above !== document.body; above = above.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(above).overflowX) && above.scrollWidth > above.clientWidth) return true;
    }
    return false;
  };
  const ownWords = (element) => {
    const words = document.createRange();
    return [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()).map((node) => {
      words.selectNodeContents(node);
      return words.getBoundingClientRect();
    });
  };
  const cutFromAbove = (element) => {
    for (let above = element.parentElement; above && above !== document.body; above = above.parentElement) {
      const flow = getComputedStyle(above).overflowX, edge = above.getBoundingClientRect();
      if (/auto|scroll/.test(flow) || above.title) return false;
      if (/hidden|clip/.test(flow) && ownWords(element).some((box) => box.right > edge.right + 1 || box.left < edge.left - 1)) return true;
    }
    return false;
  };
  if (root.scrollWidth > width) found.push(`scrolls sideways by ${root.scrollWidth - width} px`);
  for (const control of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (!shown(control) || hiddenBySize(control) || control.matches(".skip") || control.closest(".vh") || ownScroll(control)) continue;
    const box = control.getBoundingClientRect();
    if (box.left < -1 || box.right > width + 1) found.push(`outside: ${said(control)}`);
  }
  for (const element of document.querySelectorAll("body *")) {
    if (![...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim())) continue;
    if (!shown(element) || hiddenBySize(element) || element.closest(".vh")) continue;
    const style = getComputedStyle(element);
    const cut = /hidden|clip/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1 && !element.title;
    const low = /hidden|clip/.test(style.overflowY) && element.scrollHeight > element.clientHeight + 3;
    if (cut || low || cutFromAbove(element)) found.push(`cut: ${said(element)}`);
  }
  return found;
}"""
WATCHED = """() => [
  ...(watched.moved > MOST ? [`moved by ${watched.moved.toFixed(3)}`] : []),
  ...watched.refused.map((what) => `refused: ${what}`),
]""".replace("MOST", str(MOST_SHIFT))


def watch_from_now(page: Page) -> None:
    """Whatever the tab opens from now on is watched from its first moment."""
    page.add_init_script(WATCHING)


def unsteady(page: Page, path: str, *, polls: bool = False) -> list[str]:
    """What is wrong with the page at each width, after it has come where it `polls`, after it has asked once."""
    found: list[str] = []
    for name, size in WIDTHS.items():
        page.set_viewport_size(size)
        if polls:
            with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
                page.goto(path)
        else:
            page.goto(path)
        found += [f"{path} at {name}: {fault}" for fault in _faults(page)]
    return found


def unsteady_as_it_stands(page: Page) -> list[str]:
    """What is wrong with it at each width, but for what moved: somebody may have worked on it. Its window is left at the last."""
    found = []
    for name, size in WIDTHS.items():
        page.set_viewport_size(size)
        found += [f"at {name}: {fault}" for fault in page.evaluate(LOOK)]
    return found


def unsteady_when_late(page: Page) -> list[str]:
    """What is wrong where style sheet and scripts come late to a phone: in another tab, so that the page stays as it is. Nothing of an
    address that shows no page when it is asked for again.
    """
    tab = page.context.new_page()
    try:
        watch_from_now(tab)
        tab.route(lambda address: urlsplit(address).path.rpartition("/")[2] in LATE, _late)
        tab.set_viewport_size(WIDTHS["390 px"])
        answer = tab.goto(page.url)
        return [f"late: {fault}" for fault in _faults(tab)] if answer and answer.ok else []
    finally:
        tab.close()


def _late(route: Route) -> None:
    time.sleep(LATE_SECONDS)
    route.continue_()


def _faults(page: Page) -> list[str]:
    """Two frames later: what moves in the first is counted before the second."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return [*page.evaluate(LOOK), *page.evaluate(WATCHED)]
