// The state as a picture. Only what changed is drawn again, so that nothing moves without a reason.

/** @typedef {import("./connection.js").Call} Call */
/** @typedef {import("./connection.js").Queue} Queue */
/** @typedef {import("./connection.js").State} State */

const OLD_S = 10;
const LISTEN_S = 60;
const PAGE_MS = 6000; // queues that do not fit at once are shown by turns
const HINT_MS = 5000;
const say = /** @type {HTMLTemplateElement} */ (document.getElementById("say")).dataset;
const hints = [.../** @type {HTMLTemplateElement} */ (document.getElementById("hints")).content.children];

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} tag @param {string} kind @param {...(Node | string)} parts */
function make(tag, kind, ...parts) {
  const element = document.createElement(tag);
  element.className = kind;
  element.append(...parts);
  return element;
}

/** A042 with its letter apart. @param {string} number */
const spaced = (number) => make("bdi", "number", make("span", "letter", number[0]), number.slice(1));

/** Whether a call is for another room than the one people sit in. @param {Call} call @param {State} state @param {string} room */
const elsewhere = (call, state, room) => Boolean(call.room) && call.room !== room && state.rooms.length > 1;

/** Who is called. @param {Call | null} call @param {State} state @param {string} room */
export function drawHero(call, state, room) {
  const hero = at("hero");
  const shown = state.open ? call : null;
  at("quiet").hidden = Boolean(shown);
  at("hint").hidden = !state.open;
  named(state.centre);
  const key = JSON.stringify(shown && [shown.n, shown.place, shown.room, room, innerWidth, innerHeight]);
  if (hero.dataset.key === key) return;
  hero.dataset.key = key;
  hero.replaceChildren(...(shown ? [card(shown, elsewhere(shown, state, room))] : []));
  fitAll(hero, ".great, .place");
}

/** @param {Call} call @param {boolean} far */
function card(call, far) {
  const label = call.again ? [make("p", "label", say.again ?? "")] : [];
  const where = far ? [make("p", "place", make("span", "arrow up"), make("bdi", "room", call.room))] : [];
  const place = make("p", "place", make("span", "arrow"), make("bdi", "", call.place));
  const made = make("article", call.again ? "card again" : "card", ...label, make("p", "great", spaced(call.number)), ...where, place);
  made.dataset.n = String(call.n);
  return made;
}

/** The centre's name, whole also where it is long. @param {string} name */
function named(name) {
  const centre = at("centre");
  if (centre.dataset.key === name) return;
  centre.dataset.key = name;
  centre.textContent = name;
  void document.fonts.ready.then(() => fit(centre));
}

/** One line for the room, in place of the centre's name. @param {State} state */
export function drawNotice({ notice }) {
  const line = at("notice");
  if (line.textContent === notice) return;
  line.textContent = notice;
  line.hidden = !notice;
  at("centre").hidden = Boolean(notice); // before the line is measured: it stands there alone
  void document.fonts.ready.then(() => fit(line));
}

/** Make a text that is too wide for its line smaller. @param {HTMLElement} element */
function fit(element) {
  element.style.fontSize = "";
  const size = parseFloat(getComputedStyle(element).fontSize);
  const share = element.clientWidth / element.scrollWidth;
  if (share < 1) element.style.fontSize = `${Math.floor(size * Math.max(share, 0.4))}px`;
}

// a line at the foot has less room once the clock or a button stands beside it
const widths = new Map();
const rooms = new ResizeObserver((changes) => {
  for (const { target, contentRect } of changes) {
    if (widths.get(target) === contentRect.width) continue;
    widths.set(target, contentRect.width);
    requestAnimationFrame(() => fit(/** @type {HTMLElement} */ (target)));
  }
});
for (const id of ["centre", "notice", "stale"]) rooms.observe(at(id));

/** @param {HTMLElement} within @param {string} lines */
function fitAll(within, lines) {
  for (const line of within.querySelectorAll(lines)) fit(/** @type {HTMLElement} */ (line));
}

/** The last calls beside the one in the great place, each number once. @param {State} state @param {Call | null} shown @param {string} room @param {number} rows */
export function drawLast(state, shown, room, rows) {
  const seen = new Set(shown ? [shown.number] : []);
  const last = state.calls.filter((call) => !seen.has(call.number) && seen.add(call.number));
  const made = [];
  let left = rows;
  for (const call of last) {
    const far = elsewhere(call, state, room);
    if (left < (far ? 2 : 1)) break;
    left -= far ? 2 : 1;
    made.push({ call, far });
  }
  const list = at("last");
  list.style.setProperty("--rows", String(made.length < last.length ? Math.max(1, rows - left) : rows));
  const items = made.map(({ call, far }) => (far ? farRow(call) : nearRow(call)));
  if (redraw(list, JSON.stringify([made, rows, innerWidth, innerHeight]), items)) fitAll(list, ".room, .counter");
}

/** @param {Call} call */
const nearRow = (call) => make("li", "", spaced(call.number), make("span", "arrow"), make("bdi", "counter", call.counter));

/** A call for another room: the arrow points out of this one. @param {Call} call */
const farRow = (call) => make("li", "far", spaced(call.number), make("span", "arrow up"), make("bdi", "room", call.room), make("span", "arrow"), make("bdi", "counter", call.counter));

/** @param {Queue[]} queues @param {number} steadyMs @param {number} tiles at a time */
export function drawQueues(queues, steadyMs, tiles) {
  const waiting = queues.filter((queue) => queue.waiting);
  const listed = queues.length <= tiles || !waiting.length ? queues : waiting; // where not all fit: those with somebody
  const pages = Math.ceil(listed.length / tiles) || 1;
  const page = Math.floor(steadyMs / PAGE_MS) % pages;
  const now = listed.slice(page * tiles, (page + 1) * tiles);
  const key = JSON.stringify([now.map(({ letter, waiting, estimate }) => [letter, waiting, estimate]), page, pages, innerWidth, innerHeight]);
  if (redraw(at("queues"), key, now.map(tile))) fitAll(at("queues"), ".likely");
  at("turn").textContent = pages > 1 ? `${page + 1}/${pages}` : "";
}

/** @param {Queue} queue */
function tile({ letter, waiting, estimate }) {
  const line = make("p", "count", make("b", "letter", letter), make("bdi", "waiting", String(waiting)));
  return make("li", waiting ? "" : "nobody", line, ...(estimate ? [make("p", "likely", likely(estimate))] : []));
}

/** @param {{low_s: number, high_s: number}} estimate */
function likely({ low_s, high_s }) {
  const minutes = (/** @type {number} */ s) => String(Math.round(s / 60));
  return (say.likely ?? "").replace("{low}", minutes(low_s)).replace("{high}", minutes(high_s));
}

/** @param {HTMLElement} list @param {string} key @param {HTMLElement[]} children @returns {boolean} whether it changed */
function redraw(list, key, children) {
  if (list.dataset.key === key) return false;
  list.dataset.key = key;
  list.replaceChildren(...children);
  return true;
}

/** What the board means, in each language of the centre by turns. @param {State} state @param {number} steadyMs */
export function drawHints(state, steadyMs) {
  const spoken = hints.filter((one) => state.languages.includes(/** @type {HTMLElement} */ (one).dataset.code ?? ""));
  const listed = /** @type {HTMLElement[]} */ (spoken.length ? spoken : hints.slice(0, 1));
  const one = listed[Math.floor(steadyMs / HINT_MS) % listed.length];
  const { code, welcome, closed } = one.dataset;
  const quiet = at("quiet");
  const key = `${code} ${state.open}`;
  if (quiet.dataset.key === key) return;
  quiet.dataset.key = key;
  quiet.lang = one.lang;
  quiet.dir = one.dir;
  quiet.textContent = (state.open ? welcome : closed) ?? "";
  at("hint").replaceChildren(one.cloneNode(true));
}

const hours = new Intl.DateTimeFormat("it-IT", { hour: "numeric", minute: "2-digit", timeZone: "Europe/Rome" });

/** @param {number} nowMs the centre's clock */
export function drawClock(nowMs) {
  const time = hours.format(nowMs);
  if (at("clock").textContent !== time) at("clock").textContent = time;
}

/** How old the picture is, once it is not fresh; after a minute, what to do. @param {number} silentS seconds without a word */
export function drawStale(silentS) {
  const old = silentS >= OLD_S;
  const stale = at("stale");
  stale.hidden = !old;
  at("listen").hidden = silentS < LISTEN_S;
  at("notice").hidden = old || !at("notice").textContent;
  at("centre").hidden = old || !at("notice").hidden;
  const told = old ? (say.stale ?? "").replace("{age}", age(silentS)) : "";
  if (stale.textContent === told) return;
  stale.textContent = told;
  fit(stale);
}

/** @param {number} seconds */
function age(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes) return minutes === 1 ? say.minute ?? "" : (say.minutes ?? "").replace("{n}", String(minutes));
  return (say.seconds ?? "").replace("{n}", String(seconds));
}
