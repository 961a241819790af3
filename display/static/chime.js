// Two notes before each call. A browser that lets no page sound before a touch stays silent, and the board goes on.
const NOTES = [{ hertz: 659.25, at: 0 }, { hertz: 523.25, at: 0.45 }]; // E5, C5
const LENGTH_S = 0.65;
const LOUD = 0.35;

/** @type {AudioContext | null} */
let audio = null;

export async function chime() {
  try {
    audio ??= new AudioContext();
    if (audio.state === "suspended") await Promise.race([audio.resume(), new Promise((late) => setTimeout(late, 500))]);
    if (audio.state !== "running") return;
    for (const { hertz, at } of NOTES) note(audio, hertz, audio.currentTime + at);
  } catch {
    audio = null; // no loudspeaker, or it was unplugged: try afresh at the next call
  }
}

/** @param {AudioContext} audio @param {number} hertz @param {number} start seconds on the audio clock */
function note(audio, hertz, start) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUD, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH_S);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + LENGTH_S);
}
