// How large a millimetre is on this screen: set once with a bank card at /measure, kept by the centre with this kiosk.
const USUAL = 4;
const LEAST = 1.5;
const MOST = 12;
const SETTLED_MS = 250; // after the last tap

let pixels = /** @type {number} */ (JSON.parse(document.body.dataset.device ?? "{}").px_per_mm ?? USUAL);

/** Apply what was measured on this device; on the page for it, let it be set. */
export function measure() {
  apply();
  let settled = 0;
  const keep = () => {
    clearTimeout(settled);
    settled = 0;
    const body = new Blob([JSON.stringify({ px_per_mm: pixels })], { type: "application/json" });
    navigator.sendBeacon("/devices/measure", body); // it arrives also when the next page is on its way
  };
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => {
      const wanted = pixels + Number(/** @type {HTMLElement} */ (button).dataset.step);
      pixels = Math.round(Math.min(MOST, Math.max(LEAST, wanted)) * 100) / 100;
      apply();
      clearTimeout(settled);
      settled = setTimeout(keep, SETTLED_MS);
    });
  }
  addEventListener("pagehide", () => settled && keep());
}

function apply() {
  document.documentElement.style.setProperty("--mm", `${pixels}px`);
}
