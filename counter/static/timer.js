/** Seconds that pass between two answers of the centre, counted from its own readings. */

import { desk, find, view } from "./place.js";

const HINT_S = 40; // after a call: perhaps call again

let began = 0;
let timerS = 0;
let undoMs = 0;
let stop = () => {};
let ticking = false;

/** Go on from what the centre says.
 * @param {Headers} readings */
export function count(readings) {
  began = performance.now();
  timerS = Number(readings.get("X-Timer-Seconds"));
  undoMs = Number(readings.get("X-Undo-Milliseconds"));
  if (!ticking) tick();
  draw();
}

/** Count in the window where the desk now is. */
export function tick() {
  stop();
  const shown = view();
  const ticks = shown.setInterval(draw, 250);
  stop = () => shown.clearInterval(ticks);
  ticking = true;
}

export function stopCounting() {
  stop();
  ticking = false;
  find("undo")?.remove();
}

function draw() {
  const passed = performance.now() - began;
  drawTimer(Math.floor(timerS + passed / 1000));
  drawUndo(undoMs - passed);
}

/** @param {number} seconds */
function drawTimer(seconds) {
  const timer = find("timer");
  if (!timer) return;
  const pad = (/** @type {number} */ part) => String(part).padStart(2, "0");
  timer.textContent = `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;
  timer.classList.toggle("long", seconds >= Number(timer.dataset.expected ?? Infinity));
  const recall = find("act-recall");
  const text = recall?.firstElementChild;
  if (recall && text && seconds >= HINT_S) text.textContent = recall.dataset.due ?? "";
  recall?.classList.toggle("due", seconds >= HINT_S);
  desk.querySelectorAll("[data-after]").forEach((button) => drawWait(/** @type {HTMLElement} */ (button), seconds));
}

/** What may be said only some time after the call tells how long that still is.
 * @param {HTMLElement} button @param {number} seconds */
function drawWait(button, seconds) {
  const left = Number(button.dataset.after) - seconds;
  const told = button.querySelector(".left");
  if (told) told.textContent = left > 0 ? `${left} s` : "";
  if (left > 0) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

/** @param {number} left milliseconds */
function drawUndo(left) {
  const shown = find("undo-left");
  if (left <= 0) find("undo")?.remove();
  else if (shown) shown.textContent = String(Math.ceil(left / 1000));
}
