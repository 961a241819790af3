// The state as a picture. Only what changed is drawn again, so that nothing moves without a reason.

/** @typedef {import("./connection.js").Call} Call */
/** @typedef {import("./connection.js").Queue} Queue */
/** @typedef {import("./connection.js").State} State */

const LAST = 4;
const LISTEN_S = 60;
const say = /** @type {HTMLTemplateElement} */ (document.getElementById("say")).dataset;

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

/** Those who are called. @param {Call[]} shown @param {State} state */
export function drawHeroes(shown, state) {
  const heroes = at("heroes");
  const calls = state.open ? shown : [];
  const key = JSON.stringify(calls.map((call) => [call.n, call.place]));
  at("quiet").textContent = state.open ? say.welcome ?? "" : say.closed ?? "";
  at("quiet").hidden = calls.length > 0;
  named(state.centre);
  if (heroes.dataset.key === key) return;
  heroes.dataset.key = key;
  heroes.dataset.many = String(calls.length);
  heroes.replaceChildren(...calls.map(hero));
  for (const line of heroes.querySelectorAll(".great, .place")) fit(/** @type {HTMLElement} */ (line));
}

/** The centre's name, whole also where it is long. @param {string} name */
function named(name) {
  const centre = at("centre");
  if (centre.dataset.key === name) return;
  centre.dataset.key = name;
  centre.textContent = name;
  void document.fonts.ready.then(() => fit(centre));
}

/** @param {Call} call */
function hero(call) {
  const place = make("p", "place", make("span", "arrow"), call.place);
  const label = make("p", "label", call.again ? say.again ?? "" : say.number ?? "");
  const card = make("article", call.again ? "card again" : "card", label, make("p", "great", spaced(call.number)), place);
  card.dataset.n = String(call.n);
  return card;
}

/** Make a text that is too wide for its line smaller. @param {HTMLElement} element */
function fit(element) {
  element.style.fontSize = "";
  const size = parseFloat(getComputedStyle(element).fontSize);
  const share = element.clientWidth / element.scrollWidth;
  if (share < 1) element.style.fontSize = `${Math.floor(size * Math.max(share, 0.4))}px`;
}

/** The last calls beside those in the great place, each number once. @param {Call[]} calls @param {Call[]} shown */
export function drawLast(calls, shown) {
  const seen = new Set(shown.map((call) => call.number));
  const last = calls.filter((call) => !seen.has(call.number) && seen.add(call.number)).slice(0, LAST);
  const rows = last.map((call) => make("li", "", spaced(call.number), make("span", "arrow"), make("span", "counter", call.counter)));
  redraw(at("last"), JSON.stringify(last), rows);
}

/** @param {Queue[]} queues */
export function drawQueues(queues) {
  const list = at("queues");
  list.dataset.many = queues.length > 12 ? "crowd" : queues.length > 6 ? "many" : "few";
  const tiles = queues.map(({ letter, waiting }) => make("li", waiting ? "" : "nobody", make("b", "letter", letter), make("span", "waiting", String(waiting))));
  redraw(list, JSON.stringify(queues.map(({ letter, waiting }) => [letter, waiting])), tiles);
}

/** @param {HTMLElement} list @param {string} key @param {HTMLElement[]} children */
function redraw(list, key, children) {
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...children);
}

const hours = new Intl.DateTimeFormat("it-IT", { hour: "numeric", minute: "2-digit", timeZone: "Europe/Rome" });

/** @param {number} nowMs the centre's clock */
export function drawClock(nowMs) {
  const time = hours.format(nowMs);
  if (at("clock").textContent !== time) at("clock").textContent = time;
}

/** How old the picture is, once it is not fresh. @param {number} silentS seconds without a word; 0: fresh */
export function drawStale(silentS) {
  const stale = at("stale");
  stale.hidden = !silentS;
  at("centre").hidden = Boolean(silentS);
  const sentence = (say.stale ?? "").replace("{age}", age(silentS));
  const told = silentS >= LISTEN_S ? `${sentence}. ${say.listen}` : sentence;
  if (silentS && stale.textContent !== told) stale.textContent = told;
}

/** @param {number} seconds */
function age(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes) return minutes === 1 ? say.minute ?? "" : (say.minutes ?? "").replace("{n}", String(minutes));
  return seconds === 1 ? say.second ?? "" : (say.seconds ?? "").replace("{n}", String(seconds));
}
