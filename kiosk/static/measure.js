// How large a millimetre is on this screen: set once with a bank card at /measure, kept in the browser. A kiosk's
// browser forgets everything each night, so the address it starts with may tell the measure too: /?mm=4.75
const KEY = "sportello.px-per-mm";
const USUAL = 4;
const LEAST = 1.5;
const MOST = 12;

/** Apply what was measured on this device; on the page for it, let it be set. */
export function measure() {
  const told = Number(new URLSearchParams(location.search).get("mm"));
  if (told) keep(told);
  else apply(kept());
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
  const start = document.getElementById("start-address");
  if (start) start.textContent = `${start.dataset.start}?mm=${pixels}`;
}
