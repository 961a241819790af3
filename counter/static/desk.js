/** The console: acts without leaving the page, and what others do seen within a second. */

import { attach, detach, isApart, rememberPlace } from "./apart.js";
import { drawKeys, keysSheet, listen } from "./keys.js";
import { desk, find, view } from "./place.js";
import { closeSheet, openSheet, sheetForms } from "./sheet.js";
import { soundFor, soundSwitch } from "./sound.js";
import { count, stopCounting, tick } from "./timer.js";

const POLL_MS = 1000;
const PATIENCE_MS = 3000;
const SAID_MS = 12000;

const now = /** @type {HTMLElement} */ (find("now"));
const said = /** @type {HTMLElement} */ (find("said"));
const lost = /** @type {HTMLElement} */ (find("lost"));
const link = /** @type {HTMLElement} */ (find("link"));

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
    headers: { "X-Part": "1", "X-Window": state().window ?? "" },
    cache: "no-store",
    credentials: "same-origin",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

/** Put the moving part in place, and keep what the clerk was at: the focus, and what was unfolded.
 * @param {string} html */
function show(html) {
  const focused = desk.ownerDocument.activeElement;
  const focus = now.contains(focused) ? focused?.id : "";
  const unfolded = [...now.querySelectorAll("details[open]")].map((one) => one.id);
  now.innerHTML = html;
  unfolded.forEach((id) => find(id)?.setAttribute("open", ""));
  if (focus) find(focus)?.focus({ preventScroll: true });
  desk.ownerDocument.title = document.title = `${state().title} · Sportello`;
  drawKeys();
  soundFor(state().helps ?? "");
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
  if (answer.headers.has("X-Sheet")) {
    openSheet(await answer.text());
    void poll();
    return false;
  }
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
  if (turn === polls) view().setTimeout(poll, POLL_MS);
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
  if (form.hasAttribute("data-plain")) return leave(event, form);
  event.preventDefault();
  if (form.hasAttribute("data-filter") || busy || !lost.hidden) return;
  void send(form, /** @type {HTMLElement | null} */ (event.submitter));
}

/** Off to another page, from the page and not from a window above it, as the window that now holds the desk.
 * @param {Event} event @param {HTMLFormElement} form */
function leave(event, form) {
  const address = new URL(form.action);
  if (address.searchParams.has("window")) address.searchParams.set("window", state().window ?? "");
  form.action = address.href;
  if (!isApart()) return;
  event.preventDefault();
  attach();
  form.submit();
}

function closeMenu() {
  find("menu")?.removeAttribute("open");
}

/** @param {MouseEvent} event */
async function clicked(event) {
  const target = /** @type {Element} */ (event.target);
  if (!target.closest("#menu") || target.closest("#menu a, #menu button")) closeMenu();
  const refusing = /** @type {HTMLElement | null} */ (target.closest("button[aria-disabled=true]"));
  if (refusing) {
    event.preventDefault();
    say(refusing.dataset.why ?? "");
    return;
  }
  const link = target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.hasAttribute("data-close")) {
    event.preventDefault();
    closeSheet();
  } else if (link.hasAttribute("data-sheet")) {
    event.preventDefault();
    await look(link.href);
  } else if (isApart()) {
    event.preventDefault();
    attach();
    location.assign(link.href);
  }
}

/** @param {string} address of a page to show over the desk */
async function look(address) {
  if (busy || !lost.hidden) return;
  try {
    const answer = await ask(address);
    if (answer.status >= 500) throw new Error(String(answer.status));
    if (answer.ok && !answer.redirected) openSheet(await answer.text());
    else void poll();
  } catch {
    lose(false);
  }
}

/** The desk is shown by this page now: it listens to its keys, and counts by its clock.
 * @param {Document} page */
function moved(page) {
  if (page !== document) listenTo(page);
  tick();
  void poll();
}

/** @param {Document} page */
function listenTo(page) {
  for (const name of ["pointerup", "pointercancel"]) {
    page.addEventListener(name, () => setTimeout(() => (pressed = false)));
  }
  page.addEventListener("keydown", (event) => event.key === "Escape" && closeMenu());
  page.addEventListener("visibilitychange", () => page.hidden || void poll());
  listen(page, () => !busy && lost.hidden);
}

function begin() {
  desk.querySelectorAll(".scripted").forEach((one) => one.removeAttribute("hidden"));
  desk.addEventListener("submit", submitted);
  desk.addEventListener("click", clicked);
  desk.addEventListener("pointerdown", () => (pressed = true));
  listenTo(document);
  find("detach")?.addEventListener("click", () => void detach(moved));
  document.getElementById("attach")?.addEventListener("click", attach);
  rememberPlace();
  sheetForms();
  keysSheet();
  soundSwitch();
  drawKeys();
  count(new Headers({ "X-Timer-Seconds": state().timer ?? "0", "X-Undo-Milliseconds": state().undo ?? "0" }));
  void poll();
}

begin();
