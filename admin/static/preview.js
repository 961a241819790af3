// A screen at a quarter of its size: the frame keeps the screen's own pixels, so that the page lies as it does there.
const SCALE = 0.25;

for (const box of document.querySelectorAll(".preview")) {
  const { dataset, style } = /** @type {HTMLElement} */ (box);
  style.inlineSize = `${Number(dataset.width) * SCALE}px`;
  style.blockSize = `${Number(dataset.height) * SCALE}px`;
}
