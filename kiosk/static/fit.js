// Nothing ever scrolls: what does not fit on a screen is turned like a page. How much fits depends on the glass, the
// language and the size of the letters, so it is measured here.

/** Lay out everything that may have to be turned; again when the letters have come or the screen changed. */
export function fit() {
  const bar = /** @type {HTMLElement} */ (document.querySelector(".bar"));
  const lists = [...document.querySelectorAll("[data-pages]")].map((list) => new Pages(/** @type {HTMLElement} */ (list)));
  const lay = () => {
    fitLanguages();
    document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`);
    for (const list of lists) list.lay();
  };
  lay();
  document.fonts.ready.then(lay);
  addEventListener("resize", lay);
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
    this.page = 0;
    this.size = this.items.length;
    for (const button of this.buttons) {
      button.addEventListener("click", () => this.turn(Number(button.dataset.turn)));
    }
  }

  /** Spread the items evenly over as few pages as there is room for. */
  lay() {
    const wanted = this.page;
    for (let count = 1; count <= this.items.length; count += 1) {
      this.size = Math.ceil(this.items.length / count);
      this.pager.hidden = count === 1;
      if (this.items.every((_, place) => place % this.size || this.fits(place / this.size))) break;
    }
    this.show(Math.min(wanted, this.last));
  }

  get last() {
    return Math.ceil(this.items.length / this.size) - 1;
  }

  /** @param {number} page whether it can be shown without cutting anything */
  fits(page) {
    this.show(page);
    const shown = this.items.filter((item) => !item.hidden);
    return shown.every((item) => within(item, this.list) && words(item).every((one) => within(one, item))) && inside(this.list);
  }

  /** @param {number} page */
  show(page) {
    this.page = page;
    this.items.forEach((item, place) => { item.hidden = Math.floor(place / this.size) !== page; });
    const [before, after] = this.buttons;
    before.hidden = page === 0;
    after.hidden = page === this.last;
  }

  /** @param {number} step */
  turn(step) {
    this.show(Math.min(this.last, Math.max(0, this.page + step)));
    document.dispatchEvent(new CustomEvent("turned", { detail: this.list }));
  }
}

/** @param {Element} item the boxes of its words */
const words = (item) => [...item.querySelectorAll(".texts, .name, .status, h2, p")];

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
