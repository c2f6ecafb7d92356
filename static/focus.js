// Whoever works by keyboard goes on from where they were. When a part of the page is shown anew: at the control that was pressed, where it
// is there again, else at the head of what is new. When a message goes: at what had the focus before it. Else Tab would begin at the top.

const CONTROLS = "a[href], button, input, select, textarea, summary";
let pressed = null;
let before = null;

const marks = (control) =>
  JSON.stringify([
    control.id,
    control.name,
    control.closest("form")?.getAttribute("action"),
    control.getAttribute("href"),
    control.textContent.trim(),
  ]);

function headOf(place) {
  const head = [...place.querySelectorAll("h1, h2, h3")].find((each) => each.checkVisibility()) ?? place;
  if (!head.hasAttribute("tabindex")) head.setAttribute("tabindex", "-1");
  return head;
}

const isLost = () => !document.activeElement || document.activeElement === document.body;

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  pressed = detail.elt.contains(document.activeElement) ? marks(document.activeElement) : null;
});

document.addEventListener("htmx:afterSettle", ({ detail, target }) => {
  const place = document.getElementById(detail.target?.id ?? "") ?? target;
  if (!pressed || !place.isConnected) return;
  if (isLost()) {
    const shown = [...place.querySelectorAll(CONTROLS)].filter((control) => control.checkVisibility() && !control.disabled);
    (shown.find((control) => marks(control) === pressed) ?? headOf(place)).focus({ preventScroll: true });
  }
  // What stood above it may be shorter now: it stays in the window.
  if (place.contains(document.activeElement)) document.activeElement.scrollIntoView({ block: "nearest" });
  pressed = null;
});

let inMessage = false;
document.addEventListener("focusin", ({ target }) => {
  inMessage = target.closest("#toasts") !== null;
  if (!inMessage) before = target;
});

const messages = document.getElementById("toasts");
if (messages) {
  new MutationObserver(() => {
    if (inMessage && isLost() && before?.isConnected) before.focus({ preventScroll: true });
  }).observe(messages, { childList: true });
}
