// The page with the number: how the paper is coming along, and its own end.
import { tone } from "./tone.js";

const EACH_MS = 1000;
const FINAL = ["out", "failed", "none"];
const STAYS = ["ask", "late", "failed"]; // time to answer, or to write the number down
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

  followPaper(paper, {
    turned: (now) => { if (STAYS.includes(now)) extend(); },
    asks: () => {
      tone();
      const shown = ["asked", "came-out", "not-out"].map((id) => document.getElementById(id)?.innerText ?? "");
      if (voice.on) {
        document.getElementById("came-out")?.focus({ preventScroll: true });
        voice.say(shown);
      }
    },
  });
}

/**
 * Show how far the paper has come, second by second. A question that stays unanswered is withdrawn.
 * @param {HTMLElement} paper @param {{turned: (now: string) => void, asks: () => void}} on
 */
function followPaper(paper, on) {
  const answerS = Number(document.body.dataset.answer);
  let sheet = "";
  /** @type {number | undefined} */
  let patience;

  /** @param {Told} said */
  const show = (said) => {
    const before = paper.dataset.paper;
    const same = sheet === `${said.copy} ${said.paper}`;
    sheet = `${said.copy} ${said.paper}`;
    if (same && before === "unanswered") return;
    paper.dataset.paper = said.paper;
    paper.dataset.elsewhere = said.elsewhere;
    /** @type {HTMLInputElement} */ (document.getElementById("copy")).value = String(said.copy);
    /** @type {HTMLElement} */ (document.getElementById("elsewhere")).textContent = said.elsewhere;
    if (!same) turn(said.paper, before);
  };

  const turn = (/** @type {string} */ now, /** @type {string | undefined} */ before) => {
    clearTimeout(patience);
    if (now === "ask") patience = setTimeout(() => { paper.dataset.paper = "unanswered"; }, answerS * 1000);
    if (now === "ask") on.asks();
    if (now !== before) on.turned(now);
  };

  const look = async () => {
    const said = await asked(paper.dataset.follow ?? "");
    if (said) show(said);
    if (FINAL.includes(paper.dataset.paper ?? "")) clearInterval(follow);
  };
  const follow = setInterval(look, EACH_MS);
  if (paper.dataset.paper === "ask") {
    sheet = `${/** @type {HTMLInputElement} */ (document.getElementById("copy")).value} ask`;
    turn("ask", "ask");
  }
}

/** The page will close: seen in the seconds that run, and heard. */
function warn(/** @type {import("./guide.js").Voice} */ voice, /** @type {HTMLElement} */ closes) {
  tone();
  closes.classList.add("soon");
  if (voice.on) voice.say([closes.innerText]);
}

/**
 * @typedef {{paper: string, copy: number, elsewhere: string}} Told
 * @param {string} address @returns {Promise<Told | null>} null when nobody answered
 */
async function asked(address) {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(EACH_MS * 2) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
