// How large everything is drawn: at least as the distance asks, larger where there is room. Where the screen is too
// small, fewer last calls and fewer queues at a time come before smaller letters.

/**
 * @typedef {{called: number, place: number, last: number, queues: number}} Letters  font sizes in millimetres
 * @typedef {{room: string, inches: number, letters: Letters, voice: boolean, volume: number, preview: boolean}} Screen
 * @typedef {{rows: number, columns: number, tiles: number}} Counts  rows of last calls; queues beside each other, and at a time
 * @typedef {import("./connection.js").State} State
 */

const MM = 25.4;
const NUMBER = 2.55; // widths in em: H042
const ROW = 4.75; // H042 → 12
const TILE = { likely: 5.2, plain: 2.6 }; // 40–55 min, or H 12
const LINE = 1.15; // heights in em
const GREAT = 0.84;
const PLACE = 0.42; // of the great number
const MOST_ROWS = 6;
const USUAL_ROWS = 4;

/** Set the sizes of this screen. @param {Screen} screen @param {State} state @returns {Counts} how much there is room for */
export function arrange(screen, state) {
  const { innerWidth: width, innerHeight: height } = window;
  const pixels = Math.hypot(width, height) / (screen.inches * MM);
  const least = /** @type {Letters} */ (Object.fromEntries(Object.entries(screen.letters).map(([part, mm]) => [part, mm * pixels])));
  const likely = state.queues.some(({ estimate }) => estimate);
  const lines = !screen.room && state.rooms.length > 1 ? 2 : 1; // where to go: the room, the counter
  const { counts, ...sizes } = (width >= height ? lying : standing)({ width, height, least, likely, lines });
  for (const [name, size] of Object.entries(sizes)) document.body.style.setProperty(`--${name}`, `${size.toFixed(2)}px`);
  document.body.style.setProperty("--columns", String(counts.columns));
  return counts;
}

/** @typedef {{width: number, height: number, least: Letters, likely: boolean, lines: number}} Room */

/** Called number at the left, last calls at the right. @param {Room} room */
function lying({ width, height, least, likely, lines }) {
  const unit = height / 100;
  const gap = 1.2 * unit;
  const queue = between(4 * unit, least.queues, 11 * unit);
  const strip = 2 * LINE * queue + 2 * unit;
  const tall = height - 9 * unit - strip - 3 * gap;
  const inner = tall - 7 * unit; // of the list, beneath its heading
  const rows = between(1, Math.floor(inner / (LINE * least.last)), MOST_ROWS);
  const last = Math.min(inner / rows / LINE, Math.max(least.last, 12.6 * unit), (0.42 * width - 5 * unit) / ROW);
  const side = Math.max(ROW * last + 5 * unit, 0.34 * width);
  const hint = Math.min(queue, 6 * unit) / lines ** 0.6;
  const wide = width - side - 3 * gap - 4 * unit;
  const great = hero(wide, tall - 1.6 * hint - 2 * unit, least, lines);
  const columns = Math.max(1, Math.floor((width - 2 * gap - 23 * unit) / (queue * (likely ? TILE.likely : TILE.plain))));
  const counts = { rows, columns, tiles: columns * (likely ? 1 : 2) };
  return { ...great, last, queue, hint, strip, side, foot: 5.2 * unit, unit, counts };
}

/** Called number above, last calls beneath. @param {Room} room */
function standing({ width, height, least, likely, lines }) {
  const unit = height / 100;
  const gap = unit;
  const queue = between(2.4 * unit, least.queues, 8 * unit);
  const columns = Math.max(1, Math.floor((width - 2 * gap - 3 * unit) / (queue * (likely ? TILE.likely : TILE.plain))));
  const hint = Math.min(queue, 3.2 * unit) / lines ** 0.6;
  const wide = width - 2 * gap - 3 * unit;
  const enough = Math.max(least.called, ((lines > 1 ? 0.76 : 0.85) * wide) / NUMBER); // then last calls come before size
  const heroTall = (/** @type {number} */ great) => needs(great, least, lines) + 1.6 * hint + 2 * unit;
  const heading = 5.5 * unit;
  const tiles = (/** @type {number} */ down) => LINE * queue * 2 * down + 5 * unit;
  const left = (/** @type {number} */ down) => height - 5 * unit - 4 * gap - tiles(down);
  const usual = USUAL_ROWS * LINE * least.last + heading;
  const down = left(2) - usual >= heroTall(enough) ? 2 : 1;
  const list = left(down) - heroTall(Math.min(wide / NUMBER, enough));
  const rows = between(1, Math.floor((list - heading) / (LINE * least.last)), MOST_ROWS);
  const last = Math.min(Math.max(least.last, 6.8 * unit), (list - heading) / rows / LINE, (wide - unit) / ROW);
  const side = Math.max(rows * LINE * last + heading, LINE * last + heading);
  const great = hero(wide, left(down) - side - 1.6 * hint - 2 * unit, least, lines);
  const counts = { rows, columns, tiles: columns * down * (likely ? 1 : 2) };
  return { ...great, last, queue, hint, strip: tiles(down), side, foot: 2.6 * unit, unit, counts };
}

/** The height of a called number with where to go. @param {number} great @param {Letters} least @param {number} lines */
function needs(great, least, lines) {
  return great * (GREAT + 0.12) + lines * LINE * Math.max(PLACE * great, least.place);
}

/**
 * The greatest number that fits, with where to go; both smaller by the same share where not even the least fits.
 * @param {number} wide @param {number} tall @param {Letters} least @param {number} lines
 */
function hero(wide, tall, least, lines) {
  let great = wide / NUMBER;
  while (great > least.called && needs(great, least, lines) > tall) great *= 0.99;
  great = Math.max(great, least.called);
  const place = Math.max(PLACE * great, least.place);
  const share = Math.min(1, wide / NUMBER / great, tall / needs(great, least, lines));
  return { great: share * great, place: share * place };
}

/** @param {number} low @param {number} wanted @param {number} high */
function between(low, wanted, high) {
  return Math.max(low, Math.min(wanted, high));
}
