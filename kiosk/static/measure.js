// How large a millimetre is on this screen, kept on the device.
const KEY = "sportello.px-per-mm";

/** Apply what was measured on this device, if anything was. */
export function measured() {
  const pixels = Number(localStorage.getItem(KEY));
  if (pixels > 1 && pixels < 20) document.documentElement.style.setProperty("--mm", `${pixels}px`);
}
