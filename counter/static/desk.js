/** The console: acts without leaving the page, and what others do seen within a second. */

import { count, stopCounting } from "./timer.js";
import { shortcuts } from "./keys.js";
import { closeSheet, openSheet, sheetForms } from "./sheet.js";

const POLL_MS = 1000;
const PATIENCE_MS = 3000;
const SAID_MS = 12000;

const now = /** @type {HTMLElement} */ (document.getElementById("now"));
const said = /** @type {HTMLElement} */ (document.getElementById("said"));
const lost = /** @type {HTMLElement} */ (document.getElementById("lost"));
const link = /** @type {HTMLElement} */ (document.getElementById("link"));

let busy = false; // an act is on its way
let pressed = false; // a button is held down: replacing it now would swallow the click
let saidTimer = 0;
let polls = 0;

/** @returns {DOMStringMap} what the moving part says of itself */
function state() {
  return /** @type {HTMLElement} */ (now.querySelector(".state")).dataset;
}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 */
function ask(url, options = {}) {
  return fetch(url, {
    ...options,
    headers: { "X-Part": "1" },
    cache: "no-store",
    credentials: "same-origin",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

/** Put the moving part in place, and keep what the clerk was at: the focus, and what was unfolded.
 * @param {string} html */
function show(html) {
  const focus = now.contains(document.activeElement) ? document.activeElement?.id : "";
  const unfolded = [...now.querySelectorAll("details[open]")].map((one) => one.id);
  now.innerHTML = html;
  unfolded.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
  document.title = `${state().title} · Sportello`;
  if (state().problem) say(state().problem ?? "");
}

/** @param {string} text */
function say(text) {
  said.textContent = text;
  said.hidden = !text;
  clearTimeout(saidTimer);
  if (text) saidTimer = setTimeout(() => say(""), SAID_MS);
}

/** Take in an answer of the desk; true when it was one.
 * @param {Response} answer */
async function take(answer) {
  const version = answer.headers.get("X-Desk-Version");
  if (answer.status >= 500) throw new Error(String(answer.status));
  if (version === null) {
    location.reload(); // signed out, or a page of another kind: let the browser say which
    return false;
  }
  const unchanged = answer.status === 204;
  if (unchanged && !lost.hidden) return true; // asked before the silence: the next answer draws everything anew
  if (!unchanged) show(await answer.text());
  count(answer.headers);
  found();
  return true;
}

/** The centre does not answer: nothing can be pressed, nothing is kept for later.
 * @param {boolean} unsure an act was on its way */
function lose(unsure) {
  const { text, unsure: doubt, ahead, called } = lost.dataset;
  if (lost.hidden || unsure) {
    const told = [text, unsure ? doubt : "", listed(ahead, state().ahead), listed(called, state().called)];
    lost.replaceChildren(...told.filter(Boolean).map((line) => paragraph(String(line))));
  }
  lost.hidden = false;
  now.querySelectorAll("button").forEach((button) => (button.disabled = true));
  now.querySelectorAll("a").forEach((one) => one.setAttribute("aria-disabled", "true"));
  link.textContent = link.dataset.off ?? "";
  link.classList.add("off");
  stopCounting();
  closeSheet();
  closeMenu();
}

/** @param {string | undefined} title @param {string | undefined} numbers */
function listed(title, numbers) {
  return numbers ? `${title} ${numbers}` : "";
}

/** @param {string} text */
function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}

function found() {
  if (lost.hidden) return;
  lost.hidden = true;
  link.textContent = link.dataset.on ?? "";
  link.classList.remove("off");
}

async function poll() {
  const turn = ++polls;
  const alone = !lost.hidden;
  const seen = alone ? "" : state().version; // after a silence everything is drawn anew
  try {
    const url = new URL(now.dataset.url ?? "", location.href);
    url.searchParams.set("seen", seen ?? "");
    const answer = await ask(url.href);
    if (turn === polls && !busy && !pressed) await take(answer);
  } catch {
    if (turn === polls && !busy) lose(false);
  }
  if (turn === polls) setTimeout(poll, POLL_MS);
}

/** One act, once: nothing else is sent until it is answered.
 * @param {HTMLFormElement} form @param {HTMLElement | null} button */
async function send(form, button) {
  const url = button?.getAttribute("formaction") ?? form.action;
  const body = new FormData(form, button);
  busy = true;
  now.inert = true;
  say("");
  try {
    const answer = await ask(url, { method: "POST", body });
    if (answer.status >= 500) say(lost.dataset.failed ?? "");
    else if (await take(answer)) closeSheet();
  } catch {
    lose(true);
  } finally {
    busy = false;
    now.inert = false;
  }
}

/** @param {SubmitEvent} event */
function submitted(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.hasAttribute("data-plain")) return;
  event.preventDefault();
  if (form.hasAttribute("data-filter") || busy || !lost.hidden) return;
  void send(form, /** @type {HTMLElement | null} */ (event.submitter));
}

function closeMenu() {
  document.getElementById("menu")?.removeAttribute("open");
}

/** @param {MouseEvent} event */
async function clicked(event) {
  const target = /** @type {Element} */ (event.target);
  if (!target.closest("#menu") || target.closest("#menu a, #menu button")) closeMenu();
  const opener = /** @type {HTMLAnchorElement | null} */ (target.closest("a[data-sheet]"));
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (busy || !lost.hidden) return;
  try {
    const answer = await ask(opener.href);
    if (answer.status >= 500) throw new Error(String(answer.status));
    if (answer.ok && !answer.redirected) openSheet(await answer.text());
    else void poll();
  } catch {
    lose(false);
  }
}

function detach() {
  window.open(location.href, "sportello-desk", "popup,width=360,height=640");
}

function begin() {
  document.querySelectorAll(".scripted").forEach((one) => one.removeAttribute("hidden"));
  document.addEventListener("submit", submitted);
  document.addEventListener("click", clicked);
  document.addEventListener("pointerdown", () => (pressed = true));
  for (const name of ["pointerup", "pointercancel"]) {
    document.addEventListener(name, () => setTimeout(() => (pressed = false)));
  }
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenu());
  document.addEventListener("visibilitychange", () => document.hidden || void poll());
  document.getElementById("detach")?.addEventListener("click", detach);
  sheetForms();
  shortcuts(() => !busy && lost.hidden);
  count(new Headers({ "X-Timer-Seconds": state().timer ?? "0", "X-Undo-Milliseconds": state().undo ?? "0" }));
  void poll();
}

begin();
