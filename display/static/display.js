// The board in the waiting room: what the centre tells, drawn; each new call in its turn.
import { Announcer } from "./announcer.js";
import { chime } from "./chime.js";
import { connect } from "./connection.js";
import { drawClock, drawHeroes, drawLast, drawQueues, drawStale } from "./draw.js";
import { remembered } from "./memory.js";

const TICK_MS = 250;
const announcer = new Announcer(remembered());
const page = document.body.dataset;

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
    announcer.take(fresh);
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
  if (announcer.turn(performance.now(), now())) {
    draw();
    chime();
  }
}

function draw() {
  if (!state) return;
  drawHeroes(announcer.shown, state);
  drawLast(state.calls, announcer.shown);
  drawQueues(state.queues);
}

setInterval(() => {
  if (state) {
    turn();
    drawClock(now());
  }
  drawStale(line.silentS());
}, TICK_MS);
