// Nobody there: ask where it is seen and heard, wait, go back to the start.
import { tone } from "./tone.js";

/**
 * @param {{idleS: number, answerS: number, quietly: boolean, voice: import("./guide.js").Voice, leave: () => void}} options
 *   seconds without a touch before the question, seconds to answer it; a fresh start just renews itself, as there is
 *   nothing to lose.
 */
export function watchIdle({ idleS, answerS, quietly, voice, leave }) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("still"));
  const left = /** @type {HTMLElement} */ (document.getElementById("still-left"));
  let touched = performance.now();
  let asked = 0;

  const stay = () => {
    touched = performance.now();
    dialog.close();
  };
  for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(kind, () => { touched = performance.now(); }, { capture: true, passive: true });
  }
  document.getElementById("still-yes")?.addEventListener("click", stay);
  document.getElementById("still-no")?.addEventListener("click", leave);
  dialog.addEventListener("cancel", stay);

  const ask = () => {
    asked = performance.now();
    left.textContent = String(answerS);
    dialog.showModal();
    tone();
    if (voice.on) voice.page();
  };

  setInterval(() => {
    const now = performance.now();
    if (dialog.open) {
      const remaining = Math.ceil(answerS - (now - asked) / 1000);
      left.textContent = String(Math.max(0, remaining));
      if (remaining <= 0) leave();
    } else if (now - touched >= idleS * 1000) {
      touched = now;
      if (quietly) leave();
      else ask();
    }
  }, 250);
}
