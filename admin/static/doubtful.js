// How many slips are in doubt stands in the menu of every page, so that nobody has to go and look.
const EACH_MS = 4000;

const mark = document.getElementById("doubtful");

async function look() {
  if (!mark || document.hidden) return;
  try {
    const answer = await fetch(mark.dataset.follow ?? "", { signal: AbortSignal.timeout(EACH_MS) });
    if (!answer.ok || answer.redirected) return;
    const { doubtful } = await answer.json();
    const shown = String(doubtful);
    if (mark.textContent !== shown) mark.textContent = shown;
    mark.hidden = doubtful === 0;
  } catch {
    // asked again in a moment
  }
}

void look();
setInterval(look, EACH_MS);
document.addEventListener("visibilitychange", look);
