// The page goes when the session does, so that nobody reads it over an empty desk; a minute before, it asks. All tabs count together:
// work in one keeps the session, and so the pages, of all.

const session = document.querySelector("meta[name=session]");
const WARNING = 60_000;
const WORKED_AT = "throughline.worked-at";
const limit = Number(session?.content) * 1000;
let timer;

const left = () => limit - (Date.now() - Number(localStorage.getItem(WORKED_AT)));
const question = () => document.querySelector("[data-leaving]");

function worked() {
  localStorage.setItem(WORKED_AT, String(Date.now()));
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
    if (event.detail.successful) worked();
  });
  window.addEventListener("storage", (event) => {
    if (event.key === WORKED_AT) look();
  });
  // A sleeping machine holds its timers back.
  document.addEventListener("visibilitychange", look);
}
