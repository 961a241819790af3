// The page asks how things stand, and shakes the telephone when it is this visitor's turn.
const EACH_MS = 5000;
const AGAIN_MS = 2000; // after a question that nobody answered
const LOST_MS = 15_000;
const SHAKE_MS = [400, 200, 400, 200, 800];

const now = /** @type {HTMLElement} */ (document.getElementById("now"));
const lost = /** @type {HTMLElement} */ (document.getElementById("lost"));
let heard = performance.now();
let shaken = "";
let again = 0;

/** Shake once for each call, also for a call again. */
function shake() {
  const card = /** @type {HTMLElement | null} */ (now.querySelector(".card"));
  if (card?.dataset.stage !== "called" || shaken === card.dataset.call) return;
  shaken = card.dataset.call ?? "";
  if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.(SHAKE_MS); // untouched, browsers forbid it
}

/** What says the same is left alone, or it would be read aloud again. @param {string} text */
function show(text) {
  const fresh = document.createElement("div");
  fresh.innerHTML = text;
  if (fresh.innerHTML.trim() !== now.innerHTML.trim()) now.replaceChildren(...fresh.childNodes);
}

async function ask() {
  try {
    const signal = AbortSignal.timeout?.(EACH_MS); // telephones of some years ago wait without a limit
    const answer = await fetch(now.dataset.now ?? "", { signal });
    if (answer.status === 404) return location.reload(); // the day is over: the page says so
    if (!answer.ok) throw new Error(String(answer.status));
    heard = performance.now();
    show(await answer.text());
    shake();
  } catch {
    clearTimeout(again); // the page says it when it lasts
    again = setTimeout(ask, AGAIN_MS);
  }
  lost.hidden = performance.now() - heard < LOST_MS;
}

shake();
setInterval(ask, EACH_MS);
document.addEventListener("visibilitychange", () => { if (!document.hidden) void ask(); });
void ask();
