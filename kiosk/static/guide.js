// The audio guide: reads each screen and each choice with the voice of the box. Any act interrupts it. Its volume stands
// in the address, as everything of a visitor's does, and is gone with the session.
export const STEPS_DB = [-18, -12, -6, -3, 0]; // 18 dB in all; the third is 12 dB above the lowest
const WAKE_MS = 500; // a browser that forbids a page to speak leaves it waiting
const LONGEST = 400; // letters that are made into one clip

/**
 * @typedef {{on: boolean, say: (texts: string[]) => void, repeat: () => void, hush: () => void, page: () => void,
 *   number: () => void}} Voice
 */

/** @returns {Voice} */
export function guide() {
  const root = document.documentElement;
  const body = document.body;
  const step = Number(root.dataset.ear ?? 0);
  const on = step > 0;
  const volume = 10 ** (STEPS_DB[(step || 3) - 1] / 20);
  /** @type {AudioContext | null} */
  let sound = null;
  /** @type {AudioBufferSourceNode | null} */
  let playing = null;
  /** @type {string[]} */
  let last = [];
  let turn = 0;

  const hush = () => {
    turn += 1;
    const cut = playing;
    playing = null;
    cut?.stop();
  };

  /** @param {string[]} texts one after the other, until something interrupts */
  const say = async (texts) => {
    hush();
    last = texts;
    const mine = turn;
    for (const text of texts.flatMap(pieces)) {
      if (mine !== turn || !(await spoken(text))) return;
    }
  };

  /** @param {string} text @returns {Promise<boolean>} whether it was said to its end */
  const spoken = async (text) => {
    const mine = turn;
    const address = `/voice/say/${root.dataset.language}.wav?text=${encodeURIComponent(text)}`;
    try {
      const answer = await fetch(address);
      if (answer.status === 204 || answer.status === 404) return voiceless();
      if (!answer.ok || mine !== turn) return false;
      return await played(await answer.arrayBuffer());
    } catch {
      return false;
    }
  };

  /** @param {ArrayBuffer} clip @returns {Promise<boolean>} */
  const played = async (clip) => {
    const mine = turn;
    sound ??= new AudioContext();
    const sounds = await sound.decodeAudioData(clip);
    if (sound.state === "suspended") await Promise.race([sound.resume(), new Promise((done) => setTimeout(done, WAKE_MS))]);
    if (mine !== turn || sound.state !== "running") return false;
    const level = new GainNode(sound, { gain: volume });
    const source = new AudioBufferSourceNode(sound, { buffer: sounds });
    source.connect(level).connect(sound.destination);
    playing = source;
    return new Promise((done) => {
      source.onended = () => done(playing === source);
      source.start();
    });
  };

  const page = () => say([...told(), body.dataset.keys ?? "", ...choice()]);
  const number = () => say([.../** @type {HTMLElement[]} */ ([...document.querySelectorAll(".yours")]).map(words), ...told()]);
  const repeat = () => say(last.length ? last : told());
  const voice = { on, say, repeat, hush, page, number };

  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, hush, { capture: true });
  for (const button of document.querySelectorAll("[data-repeat]")) {
    button.addEventListener("click", () => (/** @type {HTMLElement} */ (button).dataset.repeat ? number() : page()));
  }
  if (on) begin(voice);
  return voice;
}

/** The first choice gets the focus, and the screen is read. */
function begin(/** @type {Voice} */ voice) {
  document.addEventListener("focusin", () => voice.say(choice()));
  document.addEventListener("turned", () => first(document)?.focus());
  const read = () => {
    first(document)?.focus({ preventScroll: true });
    voice.page();
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", read);
  else read();
}

/** What may be chosen now, in the order in which it is read. @returns {HTMLElement[]} */
export function choices(/** @type {Document | Element} */ within = document) {
  const open = document.querySelector("dialog[open]");
  const found = (open ?? within).querySelectorAll("a[href], button, input:not([type=hidden])");
  return /** @type {HTMLElement[]} */ ([...found]).filter((one) => one.getClientRects().length && !one.closest("[hidden]"));
}

/** The first choice of the page itself. */
export function first(/** @type {Document} */ page) {
  const main = page.querySelector("main");
  return (main && choices(main)[0]) ?? choices(page)[0];
}

/** What this screen says, without its choices. @returns {string[]} */
function told() {
  const dialog = document.querySelector("dialog[open]");
  const from = dialog ?? document.querySelector("main");
  const parts = from?.querySelectorAll("h1, h2, p, caption, [data-say]") ?? [];
  return /** @type {HTMLElement[]} */ ([...parts])
    .filter((one) => one.getClientRects().length && !one.closest("a, button, .pager, #closes") && !inSaid(one))
    .map(words)
    .filter(Boolean);
}

/** @param {Element} one whether an element around it speaks for it: its own words come with those of the other */
const inSaid = (one) => one.matches("h1") && one.closest("[data-say]") !== null && one.closest("[data-say]") !== one;

/** The choice with the focus: which of how many, and what it is. @returns {string[]} */
function choice() {
  const here = /** @type {HTMLElement | null} */ (document.activeElement);
  const all = choices(here?.closest("main, .bar") ?? document);
  const place = here ? all.indexOf(here) : -1;
  if (!here || place < 0) return [];
  const counted = (document.body.dataset.place ?? "").replace("{place}", String(place + 1)).replace("{all}", String(all.length));
  return [`${counted} ${words(here)}`];
}

/** @param {HTMLElement} element @returns {string} its words as they are read aloud */
function words(element) {
  const said = element.dataset.say ?? element.getAttribute("aria-label") ?? element.innerText;
  return said.replace(/\s*\n\s*/g, ". ").replace(/\s+/g, " ").trim();
}

/** @param {string} text @returns {string[]} the text in parts that are short enough, cut between sentences */
function pieces(text) {
  const parts = text.match(/[^.!?。？！؟۔।]+[.!?。？！؟۔।]*\s*/g) ?? [];
  /** @type {string[]} */
  const found = [];
  for (const part of parts) {
    if (found.length && (found[found.length - 1] + part).length <= LONGEST) found[found.length - 1] += part;
    else found.push(part.slice(0, LONGEST));
  }
  return found.map((one) => one.trim()).filter(Boolean);
}

/** Nobody here speaks this language: the page says so. */
function voiceless() {
  const told = document.getElementById("voiceless");
  if (told) told.hidden = false;
  return false;
}
