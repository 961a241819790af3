// Watches somebody open and close the cover of a printer, and says what it sees.
const watch = document.querySelector("#watch");
let opened = false;

async function look() {
  try {
    const seen = await (await fetch(watch.dataset.url)).json();
    if (seen.cover === false && !opened) {
      opened = true;
      watch.textContent = watch.dataset.open;
    } else if (opened && seen.cover && seen.ready) {
      watch.textContent = watch.dataset.done;
      return;
    }
  } catch {
    // the next look may see more
  }
  setTimeout(look, 500);
}

look();
