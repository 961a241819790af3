// How large a millimetre is on this screen: set once with a bank card at /measure, and kept with the device.
const USUAL = 4;
const LEAST = 1.5;
const MOST = 12;

/** Apply what was measured on this device; on the page for it, let it be set. */
export function measure() {
  let pixels = Number(JSON.parse(document.body.dataset.device ?? "{}").px_per_mm) || USUAL;
  apply(pixels);
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => {
      const wanted = pixels + Number(/** @type {HTMLElement} */ (button).dataset.step);
      pixels = Math.round(Math.min(MOST, Math.max(LEAST, wanted)) * 100) / 100;
      apply(pixels);
      keep(pixels);
    });
  }
}

/** @param {number} pixels per millimetre */
function keep(pixels) {
  return fetch("/devices/measure", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ px_per_mm: pixels }),
  });
}

/** @param {number} pixels per millimetre */
function apply(pixels) {
  document.documentElement.style.setProperty("--mm", `${pixels}px`);
}
