/** Seconds that pass between two answers of the centre, counted from its own readings. */

const HINT_S = 40; // after a call: perhaps call again

let began = 0;
let timerS = 0;
let undoMs = 0;
let ticking = 0;

/** Go on from what the centre says.
 * @param {Headers} readings */
export function count(readings) {
  began = performance.now();
  timerS = Number(readings.get("X-Timer-Seconds"));
  undoMs = Number(readings.get("X-Undo-Milliseconds"));
  if (!ticking) ticking = setInterval(draw, 250);
  draw();
}

export function stopCounting() {
  clearInterval(ticking);
  ticking = 0;
  document.getElementById("undo")?.remove();
}

function draw() {
  const passed = performance.now() - began;
  drawTimer(Math.floor(timerS + passed / 1000));
  drawUndo(undoMs - passed);
}

/** @param {number} seconds */
function drawTimer(seconds) {
  const timer = document.getElementById("timer");
  if (!timer) return;
  const pad = (/** @type {number} */ part) => String(part).padStart(2, "0");
  timer.textContent = `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;
  timer.classList.toggle("long", seconds >= Number(timer.dataset.expected ?? Infinity));
  const recall = document.getElementById("act-recall");
  const text = recall?.firstElementChild;
  if (recall && text && seconds >= HINT_S) text.textContent = recall.dataset.due ?? "";
  recall?.classList.toggle("due", seconds >= HINT_S);
}

/** @param {number} left milliseconds */
function drawUndo(left) {
  const shown = document.getElementById("undo-left");
  if (left <= 0) document.getElementById("undo")?.remove();
  else if (shown) shown.textContent = String(Math.ceil(left / 1000));
}
