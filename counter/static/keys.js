/** One key for one button and digits for what stands in a list, while nothing is being typed.
 *
 * The clerk may give each act another key, or switch them all off; this browser remembers it.
 */

import { desk, find } from "./place.js";

const KEPT = "sportello-keys";
const WRITING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

let kept = remembered();

/** @returns {{ on: boolean, keys: Record<string, string> }} which keys replace the ones we start with */
function remembered() {
  try {
    const { on = true, keys = {} } = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    return { on: Boolean(on), keys };
  } catch {
    return { on: true, keys: {} };
  }
}

/** @param {Partial<typeof kept>} changed */
function keep(changed) {
  kept = { ...kept, ...changed };
  localStorage.setItem(KEPT, JSON.stringify(kept));
  drawKeys();
}

/** @param {string | undefined} standard the key an act starts with */
function keyOf(standard = "") {
  return kept.keys[standard] ?? standard;
}

/** Write on each button the key that presses it now. */
export function drawKeys() {
  desk.classList.toggle("keyless", !kept.on);
  desk.querySelectorAll("[data-key]").forEach((one) => {
    const button = /** @type {HTMLElement} */ (one);
    const cap = button.querySelector("kbd");
    if (cap) cap.textContent = keyOf(button.dataset.key);
    if (kept.on) button.setAttribute("aria-keyshortcuts", keyOf(button.dataset.key));
    else button.removeAttribute("aria-keyshortcuts");
  });
  desk.querySelectorAll("kbd.digit").forEach((cap) => (cap.textContent = ""));
  picks().forEach((one, at) => {
    const cap = one.querySelector("kbd.digit");
    if (cap && at < 9) cap.textContent = String(at + 1);
  });
  drawSheet();
}

function opened() {
  return desk.querySelector("dialog[open]");
}

/** What a digit may choose: in the sheet while one is open. @returns {HTMLElement[]} */
function picks() {
  const all = /** @type {HTMLElement[]} */ ([...(opened() ?? desk).querySelectorAll("[data-pick]")]);
  return all.filter((one) => one.checkVisibility());
}

/** @param {Document} page the page that shows the desk @param {() => boolean} ready whether something may be pressed */
export function listen(page, ready) {
  page.addEventListener("keydown", (event) => {
    if (!kept.on || !ready() || !alone(event)) return;
    const button = /^[1-9]$/.test(event.key) ? picks()[Number(event.key) - 1] : keyed(event.key);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}

/** A single key, pressed once, while no field is written in. A sheet just closed may still hold the focus.
 * @param {KeyboardEvent} event */
function alone(event) {
  const field = desk.ownerDocument.activeElement?.closest(WRITING);
  const typing = field && (opened() || !field.closest("dialog"));
  return !(event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing);
}

/** @param {string} key @returns {HTMLElement | undefined} */
function keyed(key) {
  if (opened()) return undefined;
  const buttons = /** @type {HTMLElement[]} */ ([...desk.querySelectorAll("[data-key]")]);
  return buttons.find((one) => keyOf(one.dataset.key) === key.toUpperCase() && !one.matches(":disabled, [hidden]"));
}

// --- the sheet of keys -------------------------------------------------------------------------

/** @returns {HTMLInputElement[]} */
function fields() {
  return [...desk.querySelectorAll("input[data-remaps]")];
}

function drawSheet() {
  const wanted = /** @type {HTMLInputElement | null} */ (find("keys-on"));
  if (wanted) wanted.checked = kept.on;
  for (const field of fields()) field.value = keyOf(field.dataset.remaps);
}

/** @param {string} text */
function tell(text) {
  const said = find("keys-said");
  if (!said) return;
  said.textContent = text;
  said.hidden = !text;
}

/** Give an act another key, unless another act has it.
 * @param {HTMLInputElement} field @param {string} typed */
function remap(field, typed) {
  const [wanted, standard] = [typed.trim().toUpperCase(), field.dataset.remaps ?? ""];
  const { wrong = "", taken = "" } = find("keys-said")?.dataset ?? {};
  const other = fields().find((one) => one !== field && keyOf(one.dataset.remaps) === wanted);
  if (!/^[\p{L}/?]$/u.test(wanted)) tell(wrong);
  else if (other) tell(taken.replace("{key}", wanted).replace("{act}", other.labels?.[0]?.textContent ?? ""));
  else {
    tell("");
    keep({ keys: { ...kept.keys, [standard]: wanted } });
  }
}

export function keysSheet() {
  desk.addEventListener("beforeinput", (event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (!field.matches("[data-remaps]")) return;
    event.preventDefault(); // a field always shows the key its act has
    if (event.data) remap(field, event.data);
  });
  desk.addEventListener("change", (event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (field.id === "keys-on") keep({ on: field.checked });
  });
  desk.addEventListener("click", (event) => {
    if (/** @type {Element} */ (event.target).closest("#keys-reset")) {
      tell("");
      keep({ keys: {} });
    }
  });
  addEventListener("storage", (event) => {
    if (event.key !== KEPT) return;
    kept = remembered();
    drawKeys();
  });
}
