// Keys for lists and pages: j and k move, enter opens, x selects, / searches, ? lists the keys.
// Any control with data-key="e" is pressed by that key, first in the current row, then on the page. One with data-pick-key="a" acts on
// the rows that are selected: the key selects the current row and goes there; Enter in it presses the button behind it.

const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog") !== null;
const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
const rowLink = (row) => row?.querySelector("a.who, a[href]");

// Whoever speaks to the computer types letters without meaning keys: they can be turned off (WCAG 2.2, 2.1.4).
const OFF = "throughline.letter-keys-off";
const choice = document.querySelector("[data-letter-keys]");
try {
  if (choice) choice.checked = localStorage.getItem(OFF) !== "yes";
} catch {
  // A browser that keeps nothing for us keeps them on.
}
choice?.addEventListener("change", () => {
  try {
    localStorage.setItem(OFF, choice.checked ? "" : "yes");
  } catch {
    // It holds for this page.
  }
});

function currentRow() {
  return document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row].cursor");
}

function moveTo(row) {
  if (!row) return;
  document.querySelectorAll("[data-row].cursor").forEach((other) => other.classList.remove("cursor"));
  row.classList.add("cursor");
  rowLink(row)?.focus();
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const here = all.indexOf(currentRow());
  moveTo(here < 0 ? all[by > 0 ? 0 : all.length - 1] : all[here + by]);
}

function openRow(event) {
  if (event.target.closest("a, button, summary")) return false;
  const link = rowLink(currentRow());
  link?.click();
  return Boolean(link);
}

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
  return Boolean(dialog);
}

function press(key) {
  const control = currentRow()?.querySelector(`[data-key="${key}"]`) ?? document.querySelector(`[data-key="${key}"]`);
  control?.click();
  return Boolean(control);
}

function pick(key) {
  const control = document.querySelector(`[data-pick-key="${key}"]`);
  const box = currentRow()?.querySelector(".pick input");
  if (!control || !box) return false;
  if (!box.checked) box.click();
  control.focus();
  return true;
}

function selectRow() {
  const box = currentRow()?.querySelector(".pick input");
  box?.click();
  return Boolean(box);
}

const actions = {
  j: () => (step(1), true),
  k: () => (step(-1), true),
  x: selectRow,
  Enter: openRow,
  "?": () => openDialog("keys"),
  "/": () => {
    const search = document.getElementById("search");
    search?.focus();
    search?.select();
    return Boolean(search);
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape" && event.target.id === "search") event.target.blur();
  if (event.key === "Enter" && event.target.matches("[data-pick-key]")) {
    event.preventDefault();
    let behind = event.target.nextElementSibling;
    while (behind && behind.type !== "submit") behind = behind.nextElementSibling;
    behind?.click();
    return;
  }
  if (typing(event.target) || (event.key.length === 1 && choice && !choice.checked)) return;
  const own = Object.hasOwn(actions, event.key) ? actions[event.key] : null;
  const done = own ? own(event) : /^[a-z]$/.test(event.key) && (pick(event.key) || press(event.key));
  if (done) event.preventDefault();
});

// A row that is shown anew in its place stays the current one.
let place = "";
document.addEventListener("htmx:beforeSwap", (event) => {
  place = event.target.closest?.("[data-row]")?.id ?? "";
});
document.addEventListener("htmx:afterSettle", () => {
  if (place) moveTo(document.getElementById(place));
  place = "";
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) openDialog(opener.dataset.openDialog);
});
