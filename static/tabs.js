// Tabs that do not fit are pushed sideways; the one that one is at stands in sight, however many are before it.

for (const at of document.querySelectorAll(".tabs [aria-current]")) {
  const row = at.closest(".tabs");
  row.scrollLeft += at.getBoundingClientRect().right - row.getBoundingClientRect().right + row.clientWidth / 2;
}
