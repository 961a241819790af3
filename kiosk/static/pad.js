// The code of an appointment: tapped, typed on a keyboard, or read by a scanner, which types and then presses Enter.

export function pad() {
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("pad"));
  const code = /** @type {HTMLInputElement | null} */ (document.getElementById("code"));
  if (!form || !code) return;
  code.readOnly = true; // no keyboard of the browser's own opens over the page

  /** @param {string} key */
  const type = (key) => {
    if (key === "delete") code.value = code.value.slice(0, -1);
    else if (code.value.length < code.maxLength) code.value += key.toUpperCase();
  };
  form.addEventListener("click", (event) => {
    const key = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-key]"));
    if (key) type(key.dataset.key ?? "");
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (/^[0-9A-Za-z]$/.test(event.key)) type(event.key);
    else if (event.key === "Backspace") type("delete");
    else if (event.key === "Enter" && code.value && !chosen()) submit(event);
  });

  /** @param {KeyboardEvent} event */
  const submit = (event) => {
    event.preventDefault();
    form.requestSubmit();
  };
  form.addEventListener("submit", (event) => {
    if (code.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
}

/** Whether Enter presses the button that has the focus. */
const chosen = () => document.activeElement?.matches("button, a") ?? false;
