/** One run on the page: where it stands, its curves, its figures, and what it was told to do. */

import { curve } from "./curve.js";
import { find, make, percent } from "./dom.js";

const FIGURES = [
  {
    words: "Accuracy",
    trained: "accuracy",
    heldOut: "validation_accuracy",
    show: (share) => percent(share, 2),
    tick: (share) => `${Number((100 * share).toPrecision(4))}%`,
  },
  {
    words: "Loss",
    trained: "loss",
    heldOut: "validation_loss",
    show: (value) => value.toFixed(4),
    tick: (value) => String(Number(value.toPrecision(4))),
  },
];
const COLUMNS = {
  epoch: ["epoch", String],
  loss: ["loss", (value) => value.toFixed(4)],
  accuracy: ["accuracy", (share) => percent(share, 2)],
  validation_loss: ["held-out loss", (value) => value.toFixed(4)],
  validation_accuracy: ["held-out accuracy", (share) => percent(share, 2)],
  lr: ["learning rate", (value) => value.toPrecision(3)],
};

/** Show all of a run; of one that is on the page already the title is left alone, and the focus. */
export function showRun(run) {
  find("#run").hidden = false;
  find("#run-title").textContent = run.name;
  showState(run);
  showCurves(run);
  showTable(run.metrics);
  showFacts(run);
}

/** In one sentence: how far it is, and how long it will take. */
export function standing({ is_training: isTraining, metrics, epochs, seconds_left: left, result }) {
  const done = metrics.at(-1)?.epoch ?? 0;
  if (isTraining) {
    const rest = Number.isFinite(left) ? `, about ${lasting(left)} left` : "";
    return done ? `Training: epoch ${done} of ${epochs} is done${rest}.` : `Training: the first of ${epochs} epochs.`;
  }
  if (!result) return `Interrupted after ${done} of ${epochs} epochs; homespun train goes on with it.`;
  const end = result.stopped ? "Stopped early," : "Ended";
  return `${end} after ${done} epochs, ${lasting(result.seconds)} of training: ${percent(result.test.accuracy, 2)} of the test pictures are right.`;
}

/** Show how far a run is, which changes by the second while it is training. */
export function showState(run) {
  find("#run .state").textContent = standing(run);
  find("#run .report").hidden = !run.report;
  find("#run .report a").href = run.report ?? "";
  const bar = find("#run progress");
  bar.hidden = !run.is_training;
  bar.value = (run.metrics.at(-1)?.epoch ?? 0) / run.epochs;
}

function showCurves({ metrics, epochs }) {
  const figures = metrics.length ? FIGURES.map((figure) => drawn(figure, metrics, epochs)) : [];
  find("#run .curves").replaceChildren(...figures);
}

function drawn({ trained, heldOut, ...figure }, metrics, epochs) {
  const lines = [
    { key: trained, name: "training", kind: "trained" },
    { key: heldOut, name: "held out", kind: "held-out" },
  ].filter(({ key }) => metrics.some((row) => Number.isFinite(row[key])));
  const names = lines.map(({ name, kind }) => make("li", { className: kind }, name));
  return make(
    "figure",
    {},
    make("h3", {}, `${figure.words} by epoch`),
    curve(metrics, epochs, { ...figure, lines }),
    make("ul", { className: "legend", "aria-hidden": "true" }, ...names),
  );
}

function showTable(metrics) {
  const columns = Object.entries(COLUMNS).filter(([key]) => metrics.some((row) => Number.isFinite(row[key])));
  const heads = columns.map(([, [name]]) => make("th", { scope: "col" }, name));
  find("#run thead tr").replaceChildren(...heads);
  find("#run tbody").replaceChildren(...metrics.map((row) => make("tr", {}, ...cells(row, columns))));
  find("#run .figures").hidden = !metrics.length;
}

function cells(row, columns) {
  return columns.map(([key, [, show]], i) => {
    const words = Number.isFinite(row[key]) ? show(row[key]) : "none";
    return i ? make("td", {}, words) : make("th", { scope: "row" }, words);
  });
}

function showFacts({ settings, result }) {
  const facts = { recipe: settings.recipe, seed: settings.seed, data: settings.folder ?? "Fashion-MNIST" };
  if (result) Object.assign(facts, { weights: result.weights.toLocaleString("en"), "best epoch": result.best_epoch ?? "none" });
  const parts = Object.entries(facts).map(([name, value]) => fact(name, String(value)));
  find("#run .facts").replaceChildren(...parts);
}

function fact(name, value) {
  return make("div", {}, make("dt", {}, name), make("dd", {}, value));
}

/** A time as people say it: 40 s, 12 min, 3 h 5 min. */
export function lasting(seconds) {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
