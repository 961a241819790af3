// The kiosk's page at work. Everything here is an addition: the pages work without it.
import { fit } from "./fit.js";
import { guard } from "./guard.js";
import { guide } from "./guide.js";
import { watchIdle } from "./idle.js";
import { keys } from "./keys.js";
import { measure } from "./measure.js";
import { followNumber } from "./number.js";
import { pad } from "./pad.js";

const CALM_MS = 500; // a second tap within this time was meant for the page before

const root = document.documentElement;
const body = document.body;
const start = body.dataset.start ?? "/";
const fresh = location.pathname === start && !/[?&](lang|view|ear)=/.test(location.search);

root.classList.add("settling");
setTimeout(() => root.classList.remove("settling"), Math.max(0, CALM_MS - performance.now()));

measure();
fit();
const go = guard(start);
const voice = guide();
keys(voice);
pad();
if (body.classList.contains("number")) {
  followNumber(voice, () => go(start));
} else {
  const times = { idleS: Number(body.dataset.idle), answerS: Number(body.dataset.answer) };
  watchIdle({ ...times, quietly: fresh, voice, leave: () => go(start) });
}
