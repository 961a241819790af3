// The last call announced on this screen: a page that is loaded again does not announce it twice.
const KEY = "sportello.announced";

/** @typedef {import("./announcer.js").Mark} Mark */

/** @returns {{mark: Mark | null, keep: (mark: Mark) => void}} */
export function remembered() {
  const memory = {
    mark: read(),
    /** @param {Mark} mark */
    keep(mark) {
      memory.mark = mark;
      try {
        localStorage.setItem(KEY, JSON.stringify(mark));
      } catch {
        // a browser that keeps nothing: only a reload would show the difference
      }
    },
  };
  return memory;
}

/** @returns {Mark | null} */
function read() {
  try {
    const mark = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return Number.isInteger(mark?.n) && Number.isInteger(mark?.at_ms) ? mark : null;
  } catch {
    return null;
  }
}
