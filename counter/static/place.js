/** Where the desk is: in this page, or in a small window above the others, which the whole of it moves into. */

export const desk = /** @type {HTMLElement} */ (document.querySelector("main"));

/** @param {string} id @returns {HTMLElement | null} */
export function find(id) {
  return desk.querySelector(`#${CSS.escape(id)}`);
}

/** The window that shows the desk: the timers of a hidden one are slow. */
export function view() {
  return desk.ownerDocument.defaultView ?? window;
}
