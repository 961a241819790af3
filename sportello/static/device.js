// What every kiosk and every board does beside its work: it says that it is well, and keeps what it needs to start
// again while the centre is away.
const EACH_MS = 10_000;
const PATIENCE_MS = 5000;
const QUIET_MS = 10_000; // without a touch: nobody is disturbed by a reload
const HOMES = ["start", "display"]; // pages that show nothing of a visitor's

/**
 * @typedef {{face: string, room: string, diagonal_in: number, distance_m: number, voice: boolean, volume: number,
 *   px_per_mm: number | null, preview?: boolean}} Device
 */

const page = document.body.dataset;
const { preview, ...set } = /** @type {Device} */ (JSON.parse(page.device ?? "{}"));
/** @param {Record<string, unknown>} told how this screen is to be set @param {Record<string, unknown>} now */
const other = (told, now) => Object.keys(told).some((key) => told[key] !== now[key]);
const classes = document.body.classList;
const kind = HOMES.find((home) => classes.contains(home)) ?? classes[1] ?? classes[0] ?? "other";
let touched = 0;

/** Whether a reload would disturb nobody. */
const idle = () => HOMES.includes(kind) && performance.now() - touched >= QUIET_MS;

async function beat() {
  const body = JSON.stringify({
    face: set.face,
    page: kind,
    version: page.version ?? "",
    sound: page.sound ?? "none",
    width: Math.round(screen.width),
    height: Math.round(screen.height),
  });
  try {
    const answer = await fetch("/devices/beat", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.ok) heed(await answer.json());
  } catch {
    // the page itself shows that the centre is away
  }
}

/** @param {{admitted: boolean, go?: string, version?: string, device?: Device}} told */
function heed({ admitted, go, version, device }) {
  if (!admitted) return location.replace(go ?? "/");
  const anew = version !== page.version || (device && other({ ...device }, { ...set }));
  if (anew && idle()) location.reload();
}

/** Keep the page's own files for when the centre is away; browsers allow it on HTTPS and on the box itself. */
function keepShell() {
  if (isSecureContext && "serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
}

if (set.face && !preview) {
  for (const act of ["pointerdown", "keydown"]) {
    addEventListener(act, () => { touched = performance.now(); }, { capture: true, passive: true });
  }
  beat();
  setInterval(beat, EACH_MS);
  addEventListener("online", beat); // the cable is in again
  if (document.readyState === "complete") keepShell();
  else addEventListener("load", keepShell);
}
