// How large a millimetre is on this screen: set once with a bank card at /measure, kept on the device.
const KEY = "sportello.px-per-mm";
const USUAL = 4;
const LEAST = 1.5;
const MOST = 12;

/** Apply what was measured on this device; on the page for it, let it be set. */
export function measure() {
  apply(kept());
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => keep(kept() + Number(/** @type {HTMLElement} */ (button).dataset.step)));
  }
}

function kept() {
  const pixels = Number(localStorage.getItem(KEY));
  return pixels >= LEAST && pixels <= MOST ? pixels : USUAL;
}

/** @param {number} pixels per millimetre */
function keep(pixels) {
  localStorage.setItem(KEY, Math.min(MOST, Math.max(LEAST, pixels)).toFixed(2));
  apply(kept());
}

/** @param {number} pixels per millimetre */
function apply(pixels) {
  document.documentElement.style.setProperty("--mm", `${pixels}px`);
}
