// Nothing ever scrolls: what does not fit on a screen is turned like a page. How much fits depends on the glass, the
// language and the size of the letters, so it is measured here.
import { first } from "./guide.js";

/** Lay out everything that may have to be turned; again when the letters have come or the screen changed. */
export function fit() {
  const bar = /** @type {HTMLElement} */ (document.querySelector(".bar"));
  const lists = [...document.querySelectorAll("[data-pages]")].map((list) => new Pages(/** @type {HTMLElement} */ (list)));
  const lay = () => {
    fitLanguages();
    document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`);
    for (const list of lists) list.lay();
  };
  const again = () => keepPlace(lay);
  lay();
  document.fonts.ready.then(again);
  addEventListener("resize", again);
}

/** Whoever walks with keys stays on the page: on what is first in it, where the old place is not shown any more. */
function keepPlace(/** @type {() => void} */ lay) {
  const held = document.activeElement;
  lay();
  if (!held || held === document.body || held.getClientRects().length) return;
  first(document)?.focus({ preventScroll: true });
}

/** As many languages as fit, always the one in use; the others behind a button. */
function fitLanguages() {
  const bar = /** @type {HTMLElement} */ (document.querySelector(".languages"));
  const more = /** @type {HTMLElement} */ (bar.querySelector(".more"));
  const all = /** @type {HTMLElement[]} */ ([...bar.querySelectorAll("[hreflang]")]);
  const over = () => bar.scrollHeight > bar.clientHeight + 1 || bar.scrollWidth > bar.clientWidth + 1;
  for (const one of all) one.hidden = false;
  more.hidden = true;
  for (const one of all.reverse()) {
    if (!over()) break;
    more.hidden = false;
    one.hidden = !one.hasAttribute("aria-current");
  }
}

class Pages {
  /** @param {HTMLElement} list its children stand on pages */
  constructor(list) {
    this.list = list;
    this.items = /** @type {HTMLElement[]} */ ([...list.children]);
    this.pager = /** @type {HTMLElement} */ (list.parentElement?.querySelector(":scope > .pager"));
    this.buttons = /** @type {HTMLElement[]} */ ([...this.pager.querySelectorAll("[data-turn]")]);
    this.starts = [0]; // the first item of each page
    this.page = 0;
    for (const button of this.buttons) {
      button.addEventListener("click", () => this.turn(Number(button.dataset.turn)));
    }
  }

  /** Spread the items over as few pages as there is room for: all on one, or as many on each as it can hold. */
  lay() {
    const wanted = this.page;
    this.starts = [0];
    this.pager.hidden = true;
    if (!this.fits(0, this.items.length)) {
      this.pager.hidden = false;
      for (const button of this.buttons) button.hidden = false;
      for (let start = 0; start < this.items.length; ) {
        let end = start + 1;
        while (end < this.items.length && this.fits(start, end + 1)) end += 1;
        if (start) this.starts.push(start);
        start = end;
      }
    }
    this.show(Math.min(wanted, this.starts.length - 1));
  }

  /** @param {number} start @param {number} end whether these can be shown without cutting anything */
  fits(start, end) {
    this.only(start, end);
    const shown = this.items.slice(start, end);
    return shown.every((item) => within(item, this.list) && words(item).every((one) => within(one, item))) && inside(this.list);
  }

  /** @param {number} start @param {number} end */
  only(start, end) {
    this.items.forEach((item, place) => { item.hidden = place < start || place >= end; });
  }

  /** @param {number} page */
  show(page) {
    this.page = page;
    this.only(this.starts[page], this.starts[page + 1] ?? this.items.length);
    const [before, after] = this.buttons;
    before.hidden = page === 0;
    after.hidden = page === this.starts.length - 1;
  }

  /** @param {number} step */
  turn(step) {
    this.show(Math.min(this.starts.length - 1, Math.max(0, this.page + step)));
    document.dispatchEvent(new CustomEvent("turned", { detail: this.list }));
  }
}

/** @param {Element} item the boxes of its words */
const words = (item) => [...item.querySelectorAll(".texts, .name, .status, h2, p")].filter((one) => one.getClientRects().length);

/** @param {Element} one @param {Element} other whether one lies inside the other */
function within(one, other) {
  const [inner, outer] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
  const high = inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
  return high && inner.left >= outer.left - 1 && inner.right <= outer.right + 1 && one.scrollWidth <= one.clientWidth + 1;
}

/** @param {HTMLElement} list whether it pushes nothing that stands with it out of the page */
function inside(list) {
  const main = /** @type {HTMLElement} */ (document.querySelector("main"));
  const parent = /** @type {HTMLElement} */ (list.parentElement);
  return [...parent.children].every((one) => !one.getClientRects().length || within(one, main));
}
