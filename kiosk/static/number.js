// The page with the number: how the paper is coming along, and its own end.
import { tone } from "./tone.js";

const FOLLOW_MS = 10_000;
const EACH_MS = 1000;
const WARN_S = 20; // before the end: time enough to ask for more

/** @param {import("./guide.js").Voice} voice @param {() => void} leave what to do when the time of this page is over */
export function followNumber(voice, leave) {
  const paper = /** @type {HTMLElement} */ (document.getElementById("paper"));
  const closes = /** @type {HTMLElement} */ (document.getElementById("closes"));
  const left = /** @type {HTMLElement} */ (document.getElementById("closes-in"));
  const longer = /** @type {HTMLElement} */ (document.getElementById("longer"));
  const opened = performance.now();
  const more = Number(document.body.dataset.longer);
  let ends = opened + Number(document.body.dataset.stays) * 1000;
  let warned = false;
  longer.hidden = false;

  const extend = () => {
    ends = performance.now() + more * 1000;
    warned = false;
  };
  longer.addEventListener("click", extend);
  if (voice.on) {
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, extend, { passive: true });
  }

  setInterval(() => {
    const remaining = Math.ceil((ends - performance.now()) / 1000);
    left.textContent = String(Math.max(0, remaining));
    if (remaining <= WARN_S && !warned) warn(voice, closes);
    warned ||= remaining <= WARN_S;
    if (remaining <= 0) leave();
  }, 250);

  const follow = setInterval(async () => {
    if (paper.dataset.paper !== "coming" || performance.now() - opened > FOLLOW_MS) return clearInterval(follow);
    const said = await asked(paper.dataset.follow ?? "");
    if (said) paper.dataset.paper = said;
    if (said === "failed") extend();
  }, EACH_MS);
}

/** The page will close: seen in the seconds that run, and heard. */
function warn(/** @type {import("./guide.js").Voice} */ voice, /** @type {HTMLElement} */ closes) {
  tone();
  closes.classList.add("soon");
  if (voice.on) voice.say([closes.innerText]);
}

/** @param {string} address @returns {Promise<string>} coming, out, failed, none; empty when nobody answered */
async function asked(address) {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(EACH_MS * 2) });
    return answer.ok ? (await answer.json()).paper : "";
  } catch {
    return "";
  }
}
