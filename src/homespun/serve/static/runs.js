/** The page of runs: a list, and one of them with its curves, followed live while it is training. */

import { counted, find, make, percent, showProblem, speak } from "./dom.js";
import { follow } from "./follow.js";
import { showRun, showState, standing } from "./run.js";
import { get } from "./server.js";

const LOOK_AGAIN = 10_000;
let chosen = null;
let listed = "";
let stopFollowing = () => {};

window.addEventListener("hashchange", async () => {
  const run = await choose(named() ?? chosen);
  if (run) speak(`${run.name}. ${standing(run)}`);
});
setInterval(() => { if (!document.hidden) look(); }, LOOK_AGAIN);
await look();

/** Look which runs there are, again and again: one may begin while the page is open. */
async function look() {
  try {
    const runs = await get("/api/runs");
    showList(runs);
    if (!chosen && runs.length) await choose(named() ?? runs[0].name);
  } catch (problem) {
    find("#about").textContent = "";
    showProblem(problem.message);
  }
}

/** The run that the address names; null where it names none. */
function named() {
  try {
    return decodeURIComponent(location.hash.slice(1)) || null;
  } catch {
    return null;
  }
}

function showList(runs) {
  if (JSON.stringify(runs) === listed) return; // what is not touched keeps the focus
  listed = JSON.stringify(runs);
  const training = runs.filter((run) => run.is_training).length;
  find("#about").textContent = runs.length
    ? `${counted(runs.length, "run")}, ${training || "none"} training now.`
    : "No run yet: homespun train makes one.";
  find(".runs").hidden = !runs.length;
  const focused = document.activeElement.getAttribute("href");
  find(".list").replaceChildren(...runs.map((run) => make("li", {}, linkTo(run))));
  markChosen();
  if (focused?.startsWith("#")) find(`.list a[href="${CSS.escape(focused)}"]`)?.focus();
}

function linkTo({ name, is_training: isTraining, accuracy }) {
  const known = Number.isFinite(accuracy) ? percent(accuracy, 2) : "not finished";
  const state = make("span", {}, isTraining ? "training now" : known);
  return make("a", { href: `#${encodeURIComponent(name)}` }, name, state);
}

function markChosen() {
  for (const link of find(".list").querySelectorAll("a")) {
    if (link.hash === `#${encodeURIComponent(chosen)}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

async function choose(name) {
  stopFollowing();
  chosen = name;
  markChosen();
  try {
    const run = await get(`/api/runs/${encodeURIComponent(name)}`);
    if (chosen !== name) return null; // another was chosen meanwhile
    showProblem();
    showRun(run);
    if (run.is_training) stopFollowing = followed(run);
    return run;
  } catch (problem) {
    find("#run").hidden = true;
    showProblem(problem.message);
    return null;
  }
}

/** Keep a run up to date while it is training; returns what ends that. */
function followed(run) {
  const epoch = (row) => {
    run.metrics = [...run.metrics.filter((other) => other.epoch !== row.epoch), row];
    run.metrics.sort((one, other) => one.epoch - other.epoch);
    showRun(run);
  };
  const state = (now) => {
    Object.assign(run, now);
    showRun(run);
    speak(standing(run));
    if (!run.is_training) ended(run.name);
  };
  const clock = setInterval(() => {
    if (!run.seconds_left) return;
    run.seconds_left = Math.max(1, run.seconds_left - 1);
    showState(run);
  }, 1000);
  const lost = (isOver) => {
    showProblem("The server does not answer. Trying to go on following the run.");
    if (isOver) setTimeout(() => { if (chosen === run.name) choose(run.name); }, LOOK_AGAIN);
  };
  const stop = follow(run.name, { epoch, state, lost, found: () => showProblem() });
  return () => { clearInterval(clock); stop(); };
}

/** Show what the run has come to, in the list as well. */
async function ended(name) {
  await choose(name);
  await look();
}
