// Without touching the glass: a keypad of four arrows and a round key, a keyboard, a jack that types a key.
import { choices } from "./guide.js";

const LISTEN = ["a", "A", "*"];
const SCAN_MS = 100; // a scanner types faster than a hand: its letters are no wishes

/** @param {import("./guide.js").Voice} voice */
export function keys(voice) {
  const mirrored = document.documentElement.dir === "rtl";
  const [toNext, toBack] = mirrored ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
  let pressed = 0;

  addEventListener("keydown", (event) => {
    const { key } = event;
    const fast = performance.now() - pressed < SCAN_MS;
    pressed = performance.now();
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (key === "ArrowDown" || key === toNext) move(1, event);
    else if (key === "ArrowUp" && voice.on) act(event, voice.repeat);
    else if (key === "ArrowUp") move(-1, event);
    else if (key === toBack || (key === "Escape" && !document.querySelector("dialog[open]"))) act(event, back);
    else if (key === " " && document.activeElement?.matches("a")) act(event, () => click(document.activeElement));
    else if (LISTEN.includes(key) && !fast && !typing(key)) listen();
    else if (key === "+" || key === "-") click(document.querySelector(`[data-volume=${key === "+" ? "up" : "down"}]`));
  });

  /** Wait a moment: it may be the first letter of a code that a scanner reads. */
  const listen = () => {
    const mine = pressed;
    setTimeout(() => { if (mine === pressed) location.assign(document.body.dataset.listen ?? "/"); }, SCAN_MS);
  };
}

/** @param {KeyboardEvent} event @param {() => void} what */
function act(event, what) {
  event.preventDefault();
  what();
}

/** @param {number} step @param {KeyboardEvent} event */
function move(step, event) {
  const all = choices();
  if (!all.length) return;
  event.preventDefault();
  const place = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const main = document.querySelector("main");
  const entry = Math.max(0, all.findIndex((one) => main?.contains(one)));
  const next = place < 0 ? (step > 0 ? entry : all.length - 1) : (place + step + all.length) % all.length;
  all[next].focus({ preventScroll: true });
}

const back = () => click(document.querySelector("a.back"));

/** @param {Element | null} element */
const click = (element) => /** @type {HTMLElement | null} */ (element)?.click();

/** @param {string} key whether it is a letter of a code that is being typed */
const typing = (key) => key !== "*" && document.getElementById("code") !== null;
