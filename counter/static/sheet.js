/** A page shown over the console: what needs one more question, or one more look. */

import { find } from "./place.js";
import { drawKeys } from "./keys.js";

const sheet = /** @type {HTMLDialogElement} */ (find("sheet"));
const content = /** @type {HTMLElement} */ (find("sheet-content"));

/** @param {string} html */
export function openSheet(html) {
  content.innerHTML = html;
  content.querySelectorAll(".unscripted").forEach((one) => one.remove());
  const title = content.querySelector("h1")?.textContent;
  if (title) sheet.setAttribute("aria-label", title);
  if (!sheet.open) sheet.showModal();
  sheet.scrollTop = 0;
  const first =
    content.querySelector("[autofocus]") ??
    content.querySelector("input:checked, select, input:not([type=hidden]), [data-close]");
  /** @type {HTMLElement | null} */ (first)?.focus();
  drawKeys();
}

export function closeSheet() {
  if (sheet.open) sheet.close();
}

/** Closing, and the filter, which narrows the list as one types. */
export function sheetForms() {
  find("sheet-close")?.addEventListener("click", closeSheet);
  sheet.addEventListener("close", () => {
    content.replaceChildren();
    drawKeys();
  });
  content.addEventListener("input", (event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (field.closest("[data-filter]")) narrow(field.value);
  });
}

/** @param {string} typed */
function narrow(typed) {
  const wanted = typed.toLowerCase().replaceAll(" ", "");
  content.querySelectorAll("[data-text]").forEach((one) => {
    const row = /** @type {HTMLElement} */ (one);
    const text = (row.dataset.text ?? "").toLowerCase().replaceAll(" ", "");
    const short = text.replace(/^([a-z])0+/, "$1");
    row.hidden = ![text, short].some((found) => found.includes(wanted));
  });
  drawKeys();
}
