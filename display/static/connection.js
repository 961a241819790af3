// The line to the centre. A lost, late or doubled message does no harm: every board is whole and says its place.
import { io } from "/static/vendor/socket.io/socket.io.esm.min.js";

const BEATS_MISSED_MS = 3000;
const POLL_MS = 2000;
const ANSWER_MS = 2000;

/**
 * @typedef {{n: number, number: string, counter: string, place: string, room: string, language: string, again: boolean,
 *   at_ms: number}} Call
 * @typedef {{letter: string, waiting: number, longest_s: number, estimate: {low_s: number, high_s: number} | null}} Queue
 * @typedef {{epoch: number, seq: number, version: string, centre: string, day: string | null, open: boolean,
 *   now_ms: number, calls: Call[], queues: Queue[], notice: string, rooms: string[], languages: string[]}} State
 *   calls: newest first
 * @typedef {{epoch: number, seq: number, now_ms: number}} Beat
 */

/**
 * Keep to the centre: live where it lets us in, by asking every two seconds where not.
 * @param {{address: string, onState: (state: State) => void, onTime: (nowMs: number) => void}} told
 */
export function connect({ address, onState, onTime }) {
  let epoch = 0;
  let seq = -1;
  let heard = performance.now();
  let asking = false;
  const socket = io({ transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 5000, timeout: 4000 });

  /** @param {State} state */
  const take = (state) => {
    heard = performance.now();
    if (state.epoch === epoch && state.seq < seq) return; // older than what is shown
    ({ epoch, seq } = state);
    onState(state);
  };

  const hello = () => {
    if (asking) return;
    asking = true;
    socket.timeout(ANSWER_MS).emit("hello", { epoch, seq }, (/** @type {Error | null} */ late, /** @type {State} */ state) => {
      asking = false;
      if (!late) take(state);
      else if (socket.connected) socket.io.engine.close(); // a line that swallows words: take another
    });
  };

  const poll = async () => {
    try {
      const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
      if (answer.ok) take(await answer.json());
    } catch {
      // the age of the picture is on the screen
    }
  };

  socket.on("connect", hello);
  socket.on("board", take);
  socket.on("beat", (/** @type {Beat} */ beat) => {
    heard = performance.now();
    if (beat.epoch !== epoch || beat.seq > seq) hello();
    else onTime(beat.now_ms);
  });
  setInterval(() => {
    if (!socket.connected) poll();
    else if (performance.now() - heard > BEATS_MISSED_MS) hello();
  }, POLL_MS);
  poll();

  return {
    /** For how many seconds nothing was heard. */
    silentS: () => Math.floor((performance.now() - heard) / 1000),
  };
}
