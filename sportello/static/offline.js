// Shown while the centre is away: the page that was wanted is opened again as soon as it answers.
const EACH_MS = 2000;

async function ask() {
  try {
    const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(EACH_MS) });
    if (answer.ok) return location.reload();
  } catch {
    // still away
  }
  setTimeout(ask, EACH_MS);
}

setTimeout(ask, EACH_MS / 2);
