// The last call announced on this screen: a page that is loaded again does not announce it twice.
const KEY = "sportello.announced";

/** @typedef {import("./announcer.js").Mark} Mark */

/**
 * @param {string} room each room's screens announce other calls
 * @param {boolean} lasting whether it survives a reload of the page
 * @returns {{mark: Mark | null, keep: (mark: Mark) => void}}
 */
export function remembered(room, lasting) {
  const key = room ? `${KEY} ${room}` : KEY;
  const memory = {
    mark: lasting ? read(key) : null,
    /** @param {Mark} mark */
    keep(mark) {
      memory.mark = mark;
      if (!lasting) return;
      try {
        localStorage.setItem(key, JSON.stringify(mark));
      } catch {
        // a browser that keeps nothing: only a reload would show the difference
      }
    },
  };
  return memory;
}

/** @param {string} key @returns {Mark | null} */
function read(key) {
  try {
    const mark = JSON.parse(localStorage.getItem(key) ?? "null");
    return Number.isInteger(mark?.n) && Number.isInteger(mark?.at_ms) ? mark : null;
  } catch {
    return null;
  }
}
