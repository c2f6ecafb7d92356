// Messages that float: they leave by themselves unless they need someone, and a failed htmx request offers another try.

const LINGER = 10000; // ms: time to read two lines, also for whoever looks at them late

function arm(toast) {
  if (toast.dataset.armed) return;
  toast.dataset.armed = "yes";
  if (!("keep" in toast.dataset)) setTimeout(() => toast.remove(), LINGER);
}

// No answer, or one of the machine before the server: whether it was done is not known.
const UNANSWERED = new Set([0, 502, 503, 504]);

const region = document.getElementById("toasts");
region?.querySelectorAll("[data-toast]").forEach(arm);
if (region) {
  new MutationObserver(() => region.querySelectorAll("[data-toast]").forEach(arm)).observe(region, { childList: true });
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest("[data-toast]")?.remove();
});

// What was typed since is sent, not what failed.
function again(elt, target, { verb, path, parameters, triggeringEvent }) {
  if (elt.matches("form")) elt.requestSubmit(triggeringEvent?.submitter);
  else if (elt.matches("button")) elt.click();
  else window.htmx.ajax(verb, path, { source: elt, target, values: parameters });
}

function offerRetry(event) {
  const { elt, target, requestConfig, xhr } = event.detail;
  if (!region || !requestConfig) return;
  region.querySelector("[data-failure]")?.remove();
  const toast = document.getElementById("failure-toast").content.firstElementChild.cloneNode(true);
  const title = toast.querySelector("[data-failed]");
  toast.dataset.failure = "yes";
  if (!UNANSWERED.has(xhr.status)) title.textContent = title.dataset.failed;
  if (requestConfig.verb === "get" || !UNANSWERED.has(xhr.status)) toast.querySelector("[data-unsure]").remove();
  toast.querySelector("[data-retry]").addEventListener("click", () => {
    toast.remove();
    again(elt, target, requestConfig);
  });
  region.append(toast);
}

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, offerRetry);
}

// An error that names its own place brings its own words: another try would not help.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Retarget")) Object.assign(event.detail, { shouldSwap: true, isError: false });
});

// A session that has ended answers with the sign-in page: show it whole, never inside a table.
document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = new URL(event.detail.xhr.responseURL || location.href, location.href);
  if (answered.pathname.startsWith("/account/")) {
    event.detail.shouldSwap = false;
    location.assign(answered);
  }
});

// A form that is on its way cannot be sent twice, and says so.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button?.classList.contains("btn") || event.target.method === "dialog") return;
  button.setAttribute("aria-busy", "true");
  setTimeout(() => { button.disabled = true; });
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[aria-busy=true]").forEach((button) => {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  });
});
