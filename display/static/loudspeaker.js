// The one way to the loudspeaker: two notes, and voices, one after the other. A browser that lets no page sound before
// a touch stays silent and keeps nothing for later; the board goes on.
const NOTES = [{ hertz: 659.25, at: 0 }, { hertz: 523.25, at: 0.22 }]; // E5, C5
const LENGTH_S = 0.5;
const LOUD = 0.35;
const CHIME_MS = 480; // then a voice may begin: the second note has nearly died away
const WAKE_MS = 300;
const SPARE_MS = 1000; // a sound whose end nobody tells is over this long after it should be

/** @typedef {"on" | "blocked" | "off"} Sound whether the room hears this screen */

export class Loudspeaker {
  /** @type {AudioContext | null} */
  #audio = null;
  /** @type {GainNode | null} */
  #volume = null;
  #share;
  #told;
  /** @type {() => void} */
  #cut = () => {};

  /** @param {number} volume 0–100 @param {(sound: Sound) => void} told how it is, at first and whenever it changes */
  constructor(volume, told) {
    this.#share = (volume / 100) ** 2; // as ears judge
    this.#told = told;
    if (this.#share) void this.wake().then((heard) => told(heard ? "on" : "blocked"));
    else told("off");
  }

  /** @returns {Promise<boolean>} whether the room can hear something now */
  async wake() {
    if (!this.#share) return false;
    try {
      const audio = this.#audio ?? this.#open();
      if (audio.state !== "running") await Promise.race([audio.resume(), after(WAKE_MS)]);
      return audio.state === "running";
    } catch {
      this.#audio = null; // no loudspeaker, or it was unplugged: try afresh at the next call
      return false;
    }
  }

  #open() {
    const audio = new AudioContext();
    this.#volume = audio.createGain();
    this.#volume.gain.value = this.#share;
    this.#volume.connect(audio.destination);
    audio.onstatechange = () => this.#told(audio.state === "running" ? "on" : "blocked");
    this.#audio = audio;
    return audio;
  }

  /** Ring; resolves when a voice may begin. */
  async chime() {
    if (!this.#audio || !this.#volume) return;
    for (const { hertz, at } of NOTES) note(this.#audio, this.#volume, hertz, this.#audio.currentTime + at);
    await this.#until(CHIME_MS, () => {});
  }

  /** @param {ArrayBuffer} wav @returns {Promise<AudioBuffer> | null} */
  decode(wav) {
    return this.#audio?.decodeAudioData(wav) ?? null;
  }

  /** Play a clip to its end; resolves there, or where it is cut. @param {AudioBuffer} clip */
  async play(clip) {
    if (!this.#audio || !this.#volume) return;
    const source = this.#audio.createBufferSource();
    source.buffer = clip;
    source.connect(this.#volume);
    const end = new Promise((ended) => { source.onended = ended; });
    source.start();
    await Promise.race([end, this.#until(clip.duration * 1000 + SPARE_MS, () => source.stop())]);
  }

  /** @param {number} ms @param {() => void} stop */
  #until(ms, stop) {
    return new Promise((over) => {
      setTimeout(over, ms);
      this.#cut = () => { stop(); over(undefined); };
    });
  }

  /** End what is heard. */
  cut() {
    this.#cut();
    this.#cut = () => {};
  }
}

/** @param {number} ms */
const after = (ms) => new Promise((over) => setTimeout(over, ms));

/** @param {AudioContext} audio @param {AudioNode} into @param {number} hertz @param {number} start seconds on the audio clock */
function note(audio, into, hertz, start) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUD, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH_S);
  tone.connect(volume).connect(into);
  tone.start(start);
  tone.stop(start + LENGTH_S);
}
