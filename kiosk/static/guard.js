// A visitor never meets the browser's own error page: the way is tried before it is taken.
const EACH_MS = 5000;
const AGAIN_MS = 1000; // while it is away
const PATIENCE_MS = 4000;
const STILL_WANTED_MS = 30_000; // a number asked for longer ago is not taken any more: nobody may be there

/**
 * Watch over links, forms and the line to the centre; when the centre is back, what was tapped goes on.
 * @param {string} start where to go when what was tapped is too old
 * @returns {(address: string) => void} go to a page, as soon as the centre answers
 */
export function guard(start) {
  const lost = /** @type {HTMLDialogElement} */ (document.getElementById("lost"));
  let leaving = false;
  let wanted = ""; // a page that was tapped and could not be reached
  /** @type {{form: HTMLFormElement, body: FormData, since: number} | null} */
  let unsent = null;

  const away = () => {
    for (const open of document.querySelectorAll("dialog[open]")) {
      if (open !== lost) /** @type {HTMLDialogElement} */ (open).close();
    }
    if (!lost.open) lost.showModal();
  };
  lost.addEventListener("cancel", (event) => event.preventDefault());

  /** @param {string} address */
  const go = async (address) => {
    if (leaving) return;
    leaving = true;
    if (await answers()) return location.assign(address);
    leaving = false;
    wanted = address;
    away();
  };

  /** @param {HTMLFormElement} form @param {FormData} body @param {number} since */
  const send = async (form, body, since) => {
    leaving = true;
    unsent = null;
    try {
      const headers = { "X-Sent-By-Page": "1" }; // the answer says where to go, and does not go there
      const answer = await fetch(form.action, { method: "POST", headers, body, signal: AbortSignal.timeout(PATIENCE_MS * 2) });
      const next = answer.headers.get("Location");
      if (next) return location.replace(next);
      showAnswer(form, body);
    } catch {
      unsent = { form, body, since }; // the same command again: the centre does it once
      leaving = false;
      away();
    }
  };

  document.addEventListener("click", (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest("a[href]");
    if (!link) return;
    event.preventDefault();
    link.classList.add("tapped");
    go(/** @type {HTMLAnchorElement} */ (link).href);
  });

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (leaving) return;
    const form = /** @type {HTMLFormElement} */ (event.target);
    form.classList.add("sent");
    send(form, new FormData(form, /** @type {SubmitEvent} */ (event).submitter), performance.now());
  });

  const look = async () => {
    if (leaving) return;
    if (!(await answers())) away();
    else if (lost.open) resume();
  };
  setInterval(look, EACH_MS);
  setInterval(() => { if (lost.open) void look(); }, AGAIN_MS);

  const resume = () => {
    const waiting = unsent;
    if (waiting && performance.now() - waiting.since < STILL_WANTED_MS) send(waiting.form, waiting.body, waiting.since);
    else if (waiting || wanted) go(wanted || start);
    else lost.close();
  };

  return go;
}

/** Whether the centre answers. */
async function answers() {
  try {
    return (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) })).ok;
  } catch {
    return false;
  }
}

/**
 * A refusal is a page of its own: the browser sends the same command again and gets the same answer.
 * @param {HTMLFormElement} form @param {FormData} body
 */
function showAnswer(form, body) {
  for (const [name, value] of body) {
    if (form.elements.namedItem(name) instanceof HTMLInputElement) continue;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value: String(value) });
    form.append(field);
  }
  form.submit();
}
