"""Whether a page stands still and whole: what moved by itself, what the policy refused, what is cut or cannot be reached at its width."""

from typing import Any

from playwright.sync_api import Page, ViewportSize

# A phone, and a desk's 1280 px at 200 % zoom: the page has half of them.
WIDTHS: dict[str, ViewportSize] = {
    "390 px": {"width": 390, "height": 844},
    "200 %": {"width": 640, "height": 450},
}
# Cumulative layout shift: a tenth of what web.dev calls good is not seen.
MOST_SHIFT = 0.02
WATCHING = """
window.moved = 0;
window.refused = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.moved += entry.hadRecentInput ? 0 : entry.value; }))
  .observe({ type: "layout-shift", buffered: true });
document.addEventListener("securitypolicyviolation", (event) => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
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
    if (cut || low) found.push(`cut: ${said(element)}`);
  }
  if (window.moved > MOST) found.push(`moved by ${window.moved.toFixed(3)}`);
  return [...found, ...window.refused.map((what) => `refused: ${what}`)];
}""".replace("MOST", str(MOST_SHIFT))


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
        # Two frames: what moves in the first is counted before the second.
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        wrong: Any = page.evaluate(LOOK)
        found += [f"{path} at {name}: {fault}" for fault in wrong]
    return found
