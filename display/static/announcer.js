// Whose call has the great place on the board: each new one by itself, in its order, once.

/** @typedef {import("./connection.js").Call} Call */
/** @typedef {import("./connection.js").State} State */
/** @typedef {{epoch: number, day: string | null, n: number, at_ms: number}} Mark the last call that was announced */

const TURN_MS = 6000;
const LISTED = 8; // calls the centre tells at once
const FRESH_MS = 60_000; // a call that comes later than this stands in the list: it is not announced any more

export class Announcer {
  /** @type {Call | null} the call that has the great place */
  shown = null;
  /** @type {Call[]} calls whose turn comes, in their order */
  waiting = [];
  /** @type {Mark | null} the newest call taken in */
  #known;
  /** @type {Set<number>} the calls of the board before */
  #listed = new Set();
  #memory;
  #room;
  #until = 0;
  #speaking = false;
  /** @type {{epoch: number, day: string | null}} where the calls are counted */
  #place = { epoch: 0, day: null };

  /**
   * @param {{mark: Mark | null, keep: (mark: Mark) => void}} memory survives a reload of the page
   * @param {string} room whose calls are announced; empty: every room's
   */
  constructor(memory, room = "") {
    this.#memory = memory;
    this.#known = memory.mark;
    this.#room = room;
  }

  /** Take in a whole state: calls never announced wait for their turn, calls taken back go. @param {State} state */
  take(state) {
    this.#place = { epoch: state.epoch, day: state.day };
    if (!this.#known) this.#begin(state);
    const known = /** @type {Mark} */ (this.#known);
    const stands = known.day === state.day ? standing(state.calls, this.#listed) : () => false;
    this.#listed = new Set(state.calls.map(({ n }) => n));
    this.waiting = this.waiting.filter(stands);
    if (this.shown && !stands(this.shown)) this.#clear();
    const fresh = state.calls.filter(newer(known, state)).reverse();
    if (fresh.length) this.#known = this.#mark(fresh[fresh.length - 1]);
    const ours = state.calls.filter(called(this.#room, state.rooms));
    const late = (/** @type {Call} */ call) => state.now_ms - call.at_ms >= FRESH_MS;
    this.waiting.push(...fresh.filter((call) => ours.includes(call) && !late(call)));
    this.#catchUp(ours, fresh.some(late));
  }

  /** A new screen announces nothing that was there before it. @param {State} state */
  #begin(state) {
    this.#known = this.#mark(state.calls[0] ?? { n: 0, at_ms: state.now_ms });
    this.#memory.keep(this.#known);
  }

  /** Nobody called is on the board: show whoever was called last, without a sound. @param {Call[]} ours @param {boolean} missed */
  #catchUp(ours, missed) {
    if (this.waiting.length || this.#speaking || !(missed || !this.shown)) return;
    this.shown = ours[0] ?? null;
    if (missed && this.#known) this.#memory.keep(this.#known);
  }

  #clear() {
    this.shown = null;
    this.#speaking = false;
    this.#until = 0;
  }

  /** @param {{n: number, at_ms: number}} call @returns {Mark} */
  #mark({ n, at_ms }) {
    return { ...this.#place, n, at_ms };
  }

  /**
   * Give the great place to whoever is next, when six seconds are over and nobody speaks.
   * @param {number} steadyMs this screen's steady clock
   * @returns {Call | null} who has it from now on; tell `ended` when its sound is over
   */
  turn(steadyMs) {
    if (!this.waiting.length || this.#speaking || steadyMs < this.#until) return null;
    const [call, ...waiting] = this.waiting;
    this.shown = call;
    this.waiting = waiting;
    this.#speaking = true;
    this.#until = steadyMs + TURN_MS;
    this.#memory.keep(this.#mark(call));
    return call;
  }

  /** The sound of a call is over. @param {Call} call */
  ended(call) {
    if (this.shown === call) this.#speaking = false;
  }
}

/**
 * Whose calls are for this room: its own, and those of counters that stand in none. A room that the centre does not
 * have any more is every room: no call may be lost.
 * @param {string} room @param {string[]} rooms @returns {(call: Call) => boolean}
 */
export function called(room, rooms) {
  const every = !rooms.includes(room);
  return (call) => every || !call.room || call.room === room;
}

/**
 * Whether a call came after another: by its number within one day; by its time where numbers may have begun again.
 * @param {Mark} known @param {State} state @returns {(call: Call) => boolean}
 */
function newer(known, state) {
  const same = known.epoch === state.epoch && known.day === state.day;
  return (call) => (same ? call.n > known.n : call.at_ms > known.at_ms);
}

/**
 * Whether a call was not taken back: it is in the list, or newer ones pushed it out of a full one.
 * @param {Call[]} calls newest first @param {Set<number>} before what was listed when it was last looked at
 */
function standing(calls, before) {
  const now = new Set(calls.map(({ n }) => n));
  const oldest = Math.min(...now);
  const full = calls.length >= LISTED;
  return (/** @type {Call} */ { n }) => now.has(n) || (n < oldest && (full || !before.has(n)));
}
