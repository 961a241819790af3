/** The desk in a small window beside or above another program.
 *
 * Where the browser can keep a window above all others, the desk itself moves into it; elsewhere a small window opens,
 * which takes the desk over as any newer window does. Both come back as large, and the second where, they were left.
 */

import { desk } from "./place.js";

const NAME = "sportello-desk";
const KEPT = { above: "sportello-above", beside: "sportello-beside" };
const SIZE = { width: 360, height: 640 };

/** @type {Window | undefined} */
let above;
/** @type {(page: Document) => void} */
let tell = () => {};

/** @param {string} key @returns {Record<string, number>} */
function remembered(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}

/** @param {(page: Document) => void} moved told each page into which the desk came */
export async function detach(moved) {
  const maker = /** @type {any} */ (window).documentPictureInPicture;
  if (!maker) return beside();
  above = /** @type {Window} */ (await maker.requestWindow({ ...SIZE, ...remembered(KEPT.above) }));
  dress(above.document);
  above.document.body.append(desk);
  curtain(true);
  above.addEventListener("pagehide", returned);
  tell = moved;
  tell(above.document);
}

/** Bring the desk back into its page. */
export function attach() {
  const small = above;
  returned();
  small?.close();
}

export function isApart() {
  return desk.ownerDocument !== document;
}

/** @param {Document} page */
function dress(page) {
  page.documentElement.lang = document.documentElement.lang;
  page.body.className = document.body.className;
  document.querySelectorAll("link[rel=stylesheet], meta[name=color-scheme]").forEach((one) => {
    page.head.append(page.importNode(one, true));
  });
  page.querySelectorAll("link").forEach((link, at) => {
    link.href = /** @type {HTMLLinkElement} */ (document.querySelectorAll("link[rel=stylesheet]")[at]).href;
  });
  page.title = document.title;
}

function returned() {
  if (!above) return;
  localStorage.setItem(KEPT.above, JSON.stringify({ width: above.innerWidth, height: above.innerHeight }));
  above = undefined;
  document.body.prepend(desk);
  curtain(false);
  tell(document);
}

/** @param {boolean} away */
function curtain(away) {
  const told = document.getElementById("apart");
  if (told) told.hidden = !away;
}

function beside() {
  const { width = SIZE.width, height = SIZE.height, left = screen.availWidth - width, top = 0 } = remembered(KEPT.beside);
  window.open(location.href, NAME, `popup,width=${width},height=${height},left=${left},top=${top}`);
}

/** A small window beside another program remembers where it stood. */
export function rememberPlace() {
  if (window.name !== NAME) return;
  addEventListener("pagehide", () => {
    const place = { width: innerWidth, height: innerHeight, left: screenX, top: screenY };
    localStorage.setItem(KEPT.beside, JSON.stringify(place));
  });
}
