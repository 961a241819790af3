// The board in the waiting room: what the centre tells, drawn; each new call in its turn, shown, rung and spoken.
import { Announcer } from "./announcer.js";
import { connect } from "./connection.js";
import { drawClock, drawHero, drawHints, drawLast, drawNotice, drawQueues, drawStale } from "./draw.js";
import { Loudspeaker } from "./loudspeaker.js";
import { remembered } from "./memory.js";
import { arrange } from "./sizes.js";
import { languages, Voice } from "./voice.js";

const TICK_MS = 250;
const MANY = 3; // more who wait for their turn: each is called in Italian alone
const SHIFT_MS = 5 * 60_000;
const SHIFTS = ["0 0", "2px 0", "2px 2px", "0 2px"]; // no letter burns into the glass

/** @typedef {import("./connection.js").Call} Call */

const page = document.body.dataset;
/** @type {import("./sizes.js").Screen} */
const screen = JSON.parse(page.screen ?? "{}");
const unmute = /** @type {HTMLButtonElement} */ (document.getElementById("unmute"));
const announcer = new Announcer(remembered(screen.room, !screen.preview), screen.room);
const loudspeaker = new Loudspeaker(screen.preview ? 0 : screen.volume, (sound) => {
  page.sound = sound;
  unmute.hidden = sound !== "blocked";
});
const voice = new Voice(loudspeaker);
let shifted = 0;
let counts = { rows: 1, tiles: 1 };

/** @type {import("./connection.js").State | null} */
let state = null;
let told = 0; // when it came, on this screen's own steady clock

/** What time it is at the centre. */
const now = () => (state ? state.now_ms + performance.now() - told : 0);

const line = connect({
  address: page.board ?? "/display/board.json",
  onState(fresh) {
    if (fresh.version !== page.version) return location.reload(); // this page is older than the centre
    state = fresh;
    told = performance.now();
    const before = announcer.shown;
    announcer.take(fresh);
    if (before && announcer.shown !== before) loudspeaker.cut(); // taken back: what is not shown is not said
    turn();
    draw();
  },
  onTime(nowMs) {
    if (!state) return;
    state = { ...state, now_ms: nowMs };
    told = performance.now();
  },
});

function turn() {
  const call = announcer.turn(performance.now());
  if (!call) return;
  draw();
  void announce(call);
}

/** Ring for a call and say it; the board goes on when that is over. @param {Call} call */
async function announce(call) {
  try {
    if (!(await loudspeaker.wake()) || announcer.shown !== call) return;
    if (screen.voice) voice.prepare([call, ...announcer.waiting]);
    await loudspeaker.chime();
    if (screen.voice) for (const language of languages(call)) await speak(call, language);
  } finally {
    announcer.ended(call);
    tell("announced", call);
  }
}

/** @param {Call} call @param {string} language */
async function speak(call, language) {
  const hurried = language !== languages(call)[0] && announcer.waiting.length > MANY;
  const clip = hurried || announcer.shown !== call ? null : await voice.clip(call, language);
  if (!clip || announcer.shown !== call) return;
  tell("spoken", call, language);
  await loudspeaker.play(clip);
}

/** What the room was told, for who looks after the board. @param {string} what @param {Call} call @param {string} [language] */
function tell(what, { n, number, counter }, language) {
  document.dispatchEvent(new CustomEvent(what, { detail: { n, number, counter, language, at: Date.now() } }));
}

function draw() {
  if (!state) return;
  counts = arrange(screen, state);
  drawHero(announcer.shown, state, screen.room);
  drawLast(state, announcer.shown, screen.room, counts.rows);
  drawQueues(state.queues, performance.now(), counts.tiles);
  drawHints(state, performance.now());
  drawNotice(state);
}

/** Every quarter of a second. */
function tick() {
  if (state) {
    turn();
    drawClock(now());
    drawQueues(state.queues, performance.now(), counts.tiles);
    drawHints(state, performance.now());
  }
  drawStale(line.silentS());
  const turns = Math.floor(performance.now() / SHIFT_MS) % SHIFTS.length;
  if (turns !== shifted) document.body.style.translate = SHIFTS[(shifted = turns)];
}

setInterval(tick, TICK_MS);
addEventListener("resize", draw);
for (const touch of ["pointerdown", "pointerup", "keydown"]) addEventListener(touch, () => void loudspeaker.wake());
