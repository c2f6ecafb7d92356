// Folded parts that are fetched when they are first opened. Without script their link opens the same as a page.

document.addEventListener(
  "toggle",
  async (event) => {
    const details = event.target.closest?.("details[data-lazy]");
    if (!details?.open) return;
    const address = details.dataset.lazy;
    delete details.dataset.lazy;
    try {
      await window.htmx.ajax("GET", address, { target: details.querySelector(".lazy"), swap: "innerHTML" });
    } catch {
      details.dataset.lazy = address;
    }
  },
  true,
);
