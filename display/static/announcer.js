// Which calls have the great place on the board: each new one in its order, for at least six seconds, once.

/** @typedef {import("./connection.js").Call} Call */
/** @typedef {import("./connection.js").State} State */
/** @typedef {{epoch: number, day: string | null, n: number, at_ms: number}} Mark the last call that was announced */

export const TURN_MS = 6000;
export const FRESH_MS = 60_000; // an older call stands in the list: it is not announced any more

export class Announcer {
  /** @type {Call[]} calls that have the great place now */
  shown = [];
  /** @type {Call[]} */
  #pending = [];
  /** @type {Mark | null} the newest call taken in */
  #known;
  #memory;
  #until = 0;
  /** @type {{epoch: number, day: string | null}} where the calls are counted */
  #place = { epoch: 0, day: null };

  /** @param {{mark: Mark | null, keep: (mark: Mark) => void}} memory survives a reload of the page */
  constructor(memory) {
    this.#memory = memory;
    this.#known = memory.mark;
  }

  /** Take in a whole state: calls never announced wait for their turn, calls taken back go. @param {State} state */
  take(state) {
    this.#place = { epoch: state.epoch, day: state.day };
    if (!this.#known) this.#begin(state);
    const known = /** @type {Mark} */ (this.#known);
    if (known.day !== state.day) this.#pending = this.shown = [];
    const stands = standing(state.calls);
    this.#pending = this.#pending.filter(stands);
    this.shown = this.shown.filter(stands);
    const fresh = state.calls.filter(newer(known, state)).reverse();
    if (fresh.length) this.#known = this.#mark(fresh[fresh.length - 1]);
    this.#pending.push(...fresh);
    if (!this.shown.length && !this.#pending.length) this.shown = state.calls.slice(0, 1);
  }

  /** A new screen announces nothing that was there before it. @param {State} state */
  #begin(state) {
    this.#known = this.#mark(state.calls[0] ?? { n: 0, at_ms: state.now_ms });
    this.#memory.keep(this.#known);
  }

  /** @param {{n: number, at_ms: number}} call @returns {Mark} */
  #mark({ n, at_ms }) {
    return { ...this.#place, n, at_ms };
  }

  /**
   * Give the great place to whoever is next, when its turn has come.
   * @param {number} steadyMs this screen's steady clock
   * @param {number} nowMs the centre's clock
   * @returns {boolean} whether somebody new has it
   */
  turn(steadyMs, nowMs) {
    if (!this.#pending.length || steadyMs < this.#until) return false;
    const last = this.#pending[this.#pending.length - 1];
    this.#pending = this.#pending.filter((call) => nowMs - call.at_ms < FRESH_MS);
    if (!this.#pending.length) {
      this.shown = [last];
      this.#memory.keep(this.#mark(last));
      return false;
    }
    this.shown = this.#pending.splice(0, together(this.#pending.length));
    this.#until = steadyMs + TURN_MS;
    this.#memory.keep(this.#mark(this.shown[this.shown.length - 1]));
    return true;
  }
}

/** How many share the great place, so that a rush is not announced minutes late. @param {number} pending */
function together(pending) {
  if (pending > 8) return 4;
  return pending > 4 ? 2 : 1;
}

/**
 * Whether a call came after another: by its number within one day; by its time where numbers may have begun again.
 * @param {Mark} known @param {State} state @returns {(call: Call) => boolean}
 */
function newer(known, state) {
  const same = known.epoch === state.epoch && known.day === state.day;
  return (call) => (same ? call.n > known.n : call.at_ms > known.at_ms);
}

/** Whether a call was not taken back: it is in the list, or too old to be. @param {Call[]} calls newest first */
function standing(calls) {
  const oldest = calls.length ? calls[calls.length - 1].n : Infinity;
  return (/** @type {Call} */ call) => call.n < oldest ? calls.length > 0 : calls.some((one) => one.n === call.n);
}
