// The slips of the virtual printer: asked for once a second, drawn only when there is something new.
const slips = document.getElementById("slips");
const state = document.getElementById("state");
let shown = "";

function sheet({ url, number }) {
  const item = document.createElement("li");
  const picture = document.createElement("img");
  picture.src = url;
  picture.alt = slips.dataset.name.replace("{number}", number);
  item.append(picture);
  return item;
}

async function refresh() {
  try {
    const answer = await fetch(slips.dataset.source, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    const text = await answer.text();
    const found = JSON.parse(text);
    if (text !== shown) {
      slips.replaceChildren(...found.map(sheet));
      shown = text;
    }
    state.textContent = found.length ? "" : state.dataset.empty;
  } catch {
    state.textContent = state.dataset.lost;
  }
  setTimeout(refresh, 1000);
}

refresh();
