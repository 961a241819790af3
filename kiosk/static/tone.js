// A soft tone: something is about to happen. Heard without the audio guide too.
const LOUD = 0.05;
const LONG_S = 0.5;

export function tone() {
  try {
    const context = new AudioContext();
    const sound = context.createOscillator();
    const level = context.createGain();
    sound.frequency.value = 523;
    level.gain.setValueAtTime(0, context.currentTime);
    level.gain.linearRampToValueAtTime(LOUD, context.currentTime + 0.05);
    level.gain.linearRampToValueAtTime(0, context.currentTime + LONG_S);
    sound.connect(level).connect(context.destination);
    sound.onended = () => context.close();
    sound.start();
    sound.stop(context.currentTime + LONG_S);
  } catch {
    // a kiosk without a loudspeaker says it on the screen
  }
}
