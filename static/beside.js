// What a row is about, beside its list: a link with data-beside shows its page's short form in #beside where there is room for both. Else,
// and without script, it opens the page. Escape and the cross put it away; what is done in it shows the list anew.

const wide = window.matchMedia("(min-width: 75rem)");
const place = () => document.getElementById("beside");

function putAway() {
  place().replaceChildren();
  document.querySelector("[data-row].cursor a.who")?.focus();
}

function mark() {
  const row = document.getElementById(place().querySelector("[data-of-row]")?.dataset.ofRow ?? "");
  if (!row) return;
  document.querySelectorAll("[data-row].cursor").forEach((other) => other.classList.remove("cursor"));
  row.classList.add("cursor");
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-put-away]")) return putAway();
  const link = event.target.closest("a[data-beside]");
  if (!link || !place() || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  window.htmx.ajax("GET", link.href, { target: place(), swap: "innerHTML" });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !place()?.firstElementChild) return;
  if (!event.target.closest("input, textarea, select, dialog")) putAway();
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (!place()?.firstElementChild) return;
  mark();
  if (event.target === place()) place().querySelector("h2")?.focus();
});
