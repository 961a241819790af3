/** A soft sound when somebody asks for a clerk; off until it is wanted, on this machine. */

import { find } from "./place.js";

const KEPT = "sportello-help-sound";
const NOTES = [523, 659]; // Hz
const SOFT = 0.06;

let told = "";
/** @type {AudioContext | undefined} */
let audio;

export function soundSwitch() {
  const wanted = /** @type {HTMLInputElement} */ (find("sound"));
  wanted.checked = localStorage.getItem(KEPT) === "on";
  wanted.addEventListener("change", () => {
    localStorage.setItem(KEPT, wanted.checked ? "on" : "off");
    if (wanted.checked) void ring();
  });
}

/** Ring once for each new place where help is wanted.
 * @param {string} helps the places, as the desk names them */
export function soundFor(helps) {
  const wanted = localStorage.getItem(KEPT) === "on";
  const fresh = helps.split(", ").some((one) => one && !told.split(", ").includes(one));
  told = helps;
  if (wanted && fresh) void ring();
}

async function ring() {
  audio ??= new AudioContext();
  await audio.resume().catch(() => {});
  NOTES.forEach((note, at) => tone(/** @type {AudioContext} */ (audio), note, at * 0.25));
}

/** @param {AudioContext} out @param {number} note @param {number} after */
function tone(out, note, after) {
  const [voice, loudness] = [out.createOscillator(), out.createGain()];
  const start = out.currentTime + after;
  voice.frequency.value = note;
  loudness.gain.setValueAtTime(SOFT, start);
  loudness.gain.exponentialRampToValueAtTime(0.0001, start + 0.5);
  voice.connect(loudness).connect(out.destination);
  voice.start(start);
  voice.stop(start + 0.5);
}
