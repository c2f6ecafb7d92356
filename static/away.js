// The page goes when the session does, so that nobody reads it over an empty desk; a minute before, it asks. All tabs count together:
// work in one keeps the session, and so the pages, of all. What a page asks by itself, as how a job goes, is no work.

const session = document.querySelector("meta[name=session]");
const WARNING = 60_000;
const WORKED_AT = "throughline.worked-at";
const limit = Number(session?.content) * 1000;
let timer;
let here = 0;

// Where a browser keeps nothing for us, each tab counts for itself.
function shared(at) {
  try {
    if (at) localStorage.setItem(WORKED_AT, String(at));
    return Number(localStorage.getItem(WORKED_AT));
  } catch {
    return 0;
  }
}

const left = () => limit - (Date.now() - Math.max(here, shared()));
const question = () => document.querySelector("[data-leaving]");

function worked() {
  here = Date.now();
  shared(here);
  look();
}

function ask() {
  if (question()) return;
  const toast = document.getElementById("leaving-toast").content.firstElementChild.cloneNode(true);
  toast.querySelector("[data-stay]").addEventListener("click", () => {
    window.htmx.ajax("POST", session.dataset.stay, { source: document.body, swap: "none" });
  });
  document.getElementById("toasts").append(toast);
}

function look() {
  clearTimeout(timer);
  const rest = left();
  if (rest <= 0) {
    location.replace(session.dataset.away);
    return;
  }
  if (rest <= WARNING) ask();
  else question()?.remove();
  timer = setTimeout(look, rest > WARNING ? rest - WARNING : rest);
}

if (session) {
  worked();
  document.addEventListener("htmx:afterRequest", (event) => {
    const asked = event.detail.requestConfig;
    if (event.detail.successful && !("X-By-Itself" in asked.headers)) worked();
  });
  window.addEventListener("storage", (event) => {
    if (event.key === WORKED_AT) look();
  });
  // A sleeping machine holds its timers back.
  document.addEventListener("visibilitychange", look);
}
