// A screen that waits to be let in: it asks how it stands, and goes to its own page by itself.
const EACH_MS = 2000;
const AGAIN_MS = 60_000; // where too many asked: this page asks for a code again
const page = document.body.dataset;
const lost = /** @type {HTMLElement} */ (document.getElementById("lost"));
const opened = performance.now();

async function ask() {
  try {
    const answer = await fetch(page.state ?? "", { cache: "no-store", signal: AbortSignal.timeout(EACH_MS) });
    if (!answer.ok) throw new Error(answer.statusText);
    const { go, code } = await answer.json();
    lost.hidden = true;
    if (go) return location.replace(go);
    if (page.code ? code !== page.code : performance.now() - opened > AGAIN_MS) return location.reload();
  } catch {
    lost.hidden = false;
  }
  setTimeout(ask, EACH_MS);
}

ask();
