"""What is looked at on every page of the kiosk: nothing cut, nothing covered, everything large enough to touch."""

from playwright.sync_api import Page

PX_PER_MM = 4
LEAST_MM = 20
ROW_MM = 26

# letters asked for by the first layout are there, and so is the layout with them
SETTLED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  await document.fonts.ready;
  await frame();
  await frame();
}"""
FAULTS = """([least, row]) => {
  const faults = [];
  document.documentElement.classList.remove('settling');  // as after half a second
  const name = e => `${e.tagName}.${e.className.baseVal ?? e.className} «${(e.innerText ?? '').slice(0, 40)}»`;
  const dialog = document.querySelector('dialog[open]');
  const shown = (root, what) =>
    [...root.querySelectorAll(what)].filter(e => e.getClientRects().length && getComputedStyle(e).display !== 'inline');
  const outside = (inner, outer, where) => {
    const [a, b] = [inner.getBoundingClientRect(), outer.getBoundingClientRect()];
    if (a.top < b.top - 1 || a.bottom > b.bottom + 1 || a.left < b.left - 1 || a.right > b.right + 1)
      faults.push(`${name(inner)} leaves ${where}`);
  };
  const root = document.documentElement;
  if (root.scrollHeight > innerHeight || root.scrollWidth > innerWidth) faults.push('the page scrolls');
  for (const part of dialog ? [dialog] : document.querySelectorAll('main, .bar')) {
    for (const e of shown(part, '*')) if (!e.closest('.only-read, svg, .giant')) outside(e, part, name(part));
    for (const e of shown(part, 'a, button')) {
      const box = e.getBoundingClientRect();
      const wanted = e.matches('.row') ? row : least;
      const small = box.height < wanted - 0.5 || box.width < least - 0.5;
      if (small) faults.push(`${name(e)} is ${box.width} × ${box.height}`);
      for (const word of shown(e, '*:not(svg, use)')) outside(word, e, name(e));
      const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      if (!e.contains(top)) faults.push(`${name(e)} is covered by ${top && name(top)}`);
      for (const side of [box.height * 0.15, box.height * 0.85]) {
        const there = document.elementFromPoint(box.left + box.width / 2, box.top + side);
        if (!e.contains(there)) faults.push(`${name(e)} is half covered by ${there && name(there)}`);
      }
    }
    for (const e of shown(part, 'p, h1, h2, td, th, small, .name, .status')) {
      if (e.matches('.only-read') || e.querySelector('*')?.matches('.giant')) continue;
      const words = document.createRange();
      words.selectNodeContents(e);
      const box = e.getBoundingClientRect();
      for (const line of words.getClientRects())
        if (line.left < box.left - 1 || line.right > box.right + 1) faults.push(`${name(e)} is cut`);
    }
  }
  return faults;
}"""


def faults(page: Page, px_per_mm: float = PX_PER_MM) -> list[str]:
    """What is cut, covered, too small or out of place."""
    page.evaluate(SETTLED)
    found: list[str] = page.evaluate(FAULTS, [LEAST_MM * px_per_mm, ROW_MM * px_per_mm])
    return found
