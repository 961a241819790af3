/** One key for one button, while nothing is being typed; the clerk may switch them off. */

const KEPT = "sportello-keys";

/** @param {() => boolean} ready whether something may be pressed now */
export function shortcuts(ready) {
  const wanted = /** @type {HTMLInputElement} */ (document.getElementById("keys"));
  wanted.checked = localStorage.getItem(KEPT) !== "off";
  draw(wanted);
  wanted.addEventListener("change", () => {
    localStorage.setItem(KEPT, wanted.checked ? "on" : "off");
    draw(wanted);
  });
  document.addEventListener("keydown", (event) => {
    if (!wanted.checked || !ready() || !plain(event)) return;
    const button = pressable(event.key);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}

/** @param {HTMLInputElement} wanted */
function draw(wanted) {
  document.body.classList.toggle("keyless", !wanted.checked);
}

/** A single key, pressed once, outside every field and sheet. A sheet just closed may still hold the focus.
 * @param {KeyboardEvent} event */
function plain(event) {
  const field = document.activeElement?.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const typing = field && !field.closest("dialog");
  const held = event.repeat || event.ctrlKey || event.altKey || event.metaKey;
  return !held && !typing && !document.querySelector("dialog[open]");
}

/** @param {string} key @returns {HTMLElement | undefined} */
function pressable(key) {
  const buttons = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#now [data-key]"));
  return [...buttons].find((one) => one.dataset.key === key.toUpperCase() && !one.matches(":disabled"));
}
