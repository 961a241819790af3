// Keeps the files of kiosk and board, and one page of ours for while the centre is away. It stands after a line that
// says SHELL: what to keep, and which pages it answers for. No page of a visitor and no answer to a form is ever kept.
/** @type {{name: string, files: string[], faces: {prefixes: string[], offline: string, start: string}[]}} */
const shell = self.SHELL;
const PATIENCE_MS = 6000;

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(clear()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (request.mode === "navigate") {
    const face = shell.faces.find(({ prefixes }) => prefixes.some((prefix) => begins(address.pathname, prefix)));
    if (face) event.respondWith(visit(request, face));
  } else if (request.method === "GET" && address.pathname.includes("/static/")) {
    event.respondWith(file(request));
  }
});

async function fill() {
  const cache = await caches.open(shell.name);
  await cache.addAll(shell.files.map((file) => new Request(file, { cache: "reload" })));
  await self.skipWaiting();
}

async function clear() {
  for (const name of await caches.keys()) {
    if (name !== shell.name) await caches.delete(name);
  }
  await self.clients.claim();
}

/** @param {string} path @param {string} prefix "/" is that page alone */
const begins = (path, prefix) => path === prefix || (prefix !== "/" && path.startsWith(`${prefix}/`));

/** A page: from the centre, or ours that says to wait. One that breaks off on its way would stay empty for ever. */
async function visit(request, { offline, start }) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (![502, 504].includes(answer.status)) return await whole(answer); // a proxy whose service is away says these
  } catch {
    // the centre is away
  }
  if (request.method !== "GET") return Response.redirect(start, 303); // the page there says so
  return (await caches.match(offline)) ?? Response.error();
}

/** The answer once all of it is here; where it only leads to another page, as it is. */
const whole = async (/** @type {Response} */ answer) =>
  answer.body ? new Response(await answer.arrayBuffer(), answer) : answer;

/** A file: from the centre while it answers, as it was kept otherwise. What was not foreseen is kept when it is met. */
async function file(request) {
  const cache = await caches.open(shell.name);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status === 200) await cache.put(request, answer.clone());
    return answer;
  } catch {
    return (await cache.match(request, { ignoreVary: true })) ?? Response.error();
  }
}
