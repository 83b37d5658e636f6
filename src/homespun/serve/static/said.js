/** What the network says of a picture: the class, how far to trust it, and all classes as bars. */

import { find, make, percent } from "./dom.js";

const SIGNS = { yes: "✓", unsure: "?", unlike: "≠" };
const IN_WORDS = { yes: "trust: yes", unsure: "trust: unsure", unlike: "not like the training data" };
const MEANINGS = {
  yes: "So sure an answer was right at least 97 times of 100 on pictures held out from training.",
  unsure: "It looks like the training data, but so unsure an answer is wrong more often. Look yourself.",
  unlike: "It is unlike anything that the network learnt from, so its answer means nothing.",
};

/** The answer in one sentence, for those who hear it. */
export function spoken({ label, probability, trust }) {
  return `${label}, ${percent(probability)}, ${IN_WORDS[trust]}`;
}

/** Show the class, its probability, trust in words; and the time, unless it went into explaining. */
export function showVerdict(place, answer) {
  const share = make("span", { className: "share" }, percent(answer.probability));
  find("h3", place).replaceChildren(answer.label, " ", share);
  find(".sign", place).textContent = SIGNS[answer.trust];
  find("strong", place).textContent = IN_WORDS[answer.trust];
  find(".meaning", place).textContent = MEANINGS[answer.trust];
  if (!answer.steps) find(".time", place).textContent = `answered in ${duration(answer.milliseconds)}`;
}

/** Show a bar for each class, in the model's order, so that pictures can be compared. */
export function showBars(place, { label, probabilities }) {
  const rows = Object.entries(probabilities).map(([name, p]) => row(name, p, name === label));
  place.replaceChildren(...rows);
}

function row(name, probability, isAnswer) {
  const fill = make("i");
  fill.style.width = percent(probability, 2);
  const bar = make("span", { className: "bar", "aria-hidden": "true" }, fill);
  const share = probability > 0 && probability < 0.0005 ? "under 0.1%" : percent(probability);
  return make(
    "li",
    { className: isAnswer ? "answer-row" : "" },
    make("span", { className: "name" }, name),
    bar,
    make("span", { className: "share" }, share),
  );
}

function duration(milliseconds) {
  return milliseconds < 1000 ? `${Math.max(1, Math.round(milliseconds))} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
