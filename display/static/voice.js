// What the centre says, fetched while the call waits. A voice that does not come in time is left out: the chime rang.

/** @typedef {import("./connection.js").Call} Call */
/** @typedef {import("./loudspeaker.js").Loudspeaker} Loudspeaker */

const FIRST = "it";
const SAME = "it-facile"; // easy Italian is said in Italian
const PATIENCE_MS = 1500;
const AHEAD = 2;

/** The languages of a call, in the order in which they are spoken. @param {Call} call */
export const languages = ({ language }) => [FIRST, ...(language && ![FIRST, SAME].includes(language) ? [language] : [])];

export class Voice {
  /** @type {Map<string, Promise<AudioBuffer | null>>} */
  #clips = new Map();
  #loudspeaker;

  /** @param {Loudspeaker} loudspeaker */
  constructor(loudspeaker) {
    this.#loudspeaker = loudspeaker;
  }

  /** Fetch what is said next, and forget what was said or taken back. @param {Call[]} calls who has the great place, then who waits */
  prepare(calls) {
    const wanted = calls.slice(0, 1 + AHEAD).flatMap((call) => languages(call).map((language) => ({ call, language })));
    const keys = new Set(wanted.map(({ call, language }) => key(call, language)));
    for (const one of this.#clips.keys()) if (!keys.has(one)) this.#clips.delete(one);
    for (const { call, language } of wanted) this.#keep(call, language);
  }

  /** The clip of a call, or null where there is none in time. @param {Call} call @param {string} language */
  async clip(call, language) {
    const found = Promise.race([this.#keep(call, language), new Promise((late) => setTimeout(late, PATIENCE_MS, null))]);
    return /** @type {AudioBuffer | null} */ (await found);
  }

  /** @param {Call} call @param {string} language */
  #keep(call, language) {
    const name = key(call, language);
    const clip = this.#clips.get(name) ?? this.#fetch(call, language).then((found) => {
      if (!found) this.#clips.delete(name); // asked for again when its turn comes
      return found;
    });
    this.#clips.set(name, clip);
    return clip;
  }

  /** @param {Call} call @param {string} language @returns {Promise<AudioBuffer | null>} */
  async #fetch({ number, counter, again }, language) {
    const path = [language, number, counter].map(encodeURIComponent).join("/");
    try {
      const answer = await fetch(`/voice/call/${path}.wav${again ? "?again=1" : ""}`, { signal: AbortSignal.timeout(2 * PATIENCE_MS) });
      return answer.status === 200 ? await this.#loudspeaker.decode(await answer.arrayBuffer()) : null;
    } catch {
      return null;
    }
  }
}

/** @param {Call} call @param {string} language */
const key = ({ n, number }, language) => `${n} ${number} ${language}`;
