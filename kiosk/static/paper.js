// The page with the number: how the paper is coming along, and its own end.
const FOLLOW_MS = 10_000;
const EACH_MS = 1000;

/** @param {() => void} leave what to do when the time of this page is over */
export function followPaper(leave) {
  const paper = /** @type {HTMLElement} */ (document.getElementById("paper"));
  const closes = /** @type {HTMLElement} */ (document.getElementById("closes"));
  const left = /** @type {HTMLElement} */ (document.getElementById("closes-in"));
  const opened = performance.now();
  let stays = Number(document.body.dataset.stays);
  closes.hidden = false;

  setInterval(() => {
    const remaining = Math.ceil(stays - (performance.now() - opened) / 1000);
    left.textContent = String(Math.max(0, remaining));
    if (remaining <= 0) leave();
  }, 250);

  const follow = setInterval(async () => {
    if (paper.dataset.paper !== "coming" || performance.now() - opened > FOLLOW_MS) return clearInterval(follow);
    const said = await asked(paper.dataset.follow ?? "");
    if (said) paper.dataset.paper = said;
    if (said === "failed") stays = Number(document.body.dataset.longer);
  }, EACH_MS);
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
