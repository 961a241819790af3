// The kiosk's page at work. Everything here is an addition: the pages work without it.
import { guard } from "./guard.js";
import { watchIdle } from "./idle.js";
import { measure } from "./measure.js";
import { followPaper } from "./paper.js";

const body = document.body;
const page = {
  start: body.dataset.start ?? "/",
  idleS: Number(body.dataset.idle),
  answerS: Number(body.dataset.answer),
};

measure();
const go = guard(page.start);
if (body.classList.contains("number")) {
  followPaper(() => go(page.start));
} else {
  watchIdle({ ...page, atStart: body.classList.contains("start"), leave: () => go(page.start) });
}
