/** The page of pictures: each one that comes gets an answer, the latest on top. */

import { Answer } from "./answer.js";
import { offerCamera } from "./camera.js";
import { counted, find, make, percent, showProblem, speak } from "./dom.js";
import { spoken } from "./said.js";
import { get, getPicture } from "./server.js";
import { listen } from "./sources.js";
import { takingTurns } from "./turns.js";

const AT_ONCE = 2; // questions to the server
const inTurn = takingTurns(AT_ONCE);
const allowed = { corrections: false, runs: false, most_bytes: Infinity };
let shown = [];
const coming = new Set();

listen(take);
offerCamera(take);
find("#clear").addEventListener("click", () => [...shown].forEach(remove));
await begin();

async function begin() {
  try {
    Object.assign(allowed, await get("/page.json"));
    find("#to-runs").hidden = !allowed.runs;
    find("#keeping").hidden = !allowed.corrections;
    showModel(await get("/api/model"));
    showExamples(await get("/api/examples"));
  } catch (problem) {
    showProblem(problem.message);
  }
}

function showModel({ name, classes, accuracy }) {
  const known = typeof accuracy === "number" ? `, right on ${percent(accuracy)} of its test pictures,` : "";
  const words = `The model ${name}${known} knows ${counted(classes.length, "class", "classes")}: ${listed(classes)}.`;
  find("#about").textContent = words.replaceAll("-", "\u2011"); // no line ends within T-shirt
}

/** Some names may be a thousand; a sentence has room for a dozen. */
function listed(names) {
  return names.length > 12 ? `${names.slice(0, 12).join(", ")} and others` : names.join(", ");
}

function showExamples(examples) {
  find("#examples").hidden = !examples.length;
  find("#examples ul").replaceChildren(...examples.map((example) => make("li", {}, buttonFor(example))));
}

function buttonFor({ title, url }) {
  const image = make("img", { src: url, alt: "" });
  const [what] = title.split(":"); // there is room for no more; the rest is told on hovering
  const button = make("button", { type: "button", title, "aria-label": title }, image, make("span", {}, what));
  button.addEventListener("click", () => takeExample(title, url));
  return button;
}

async function takeExample(title, url) {
  const before = shown.find((answer) => answer.picture.url === url);
  if (before) {
    before.focus();
    return;
  }
  if (coming.has(url)) return; // a double click
  coming.add(url);
  try {
    add([{ name: title, url, blob: await getPicture(url) }]);
  } catch (problem) {
    showProblem(problem.message);
  } finally {
    coming.delete(url);
  }
}

function take(files) {
  add(files.map((blob) => ({ name: blob.name, url: null, blob })));
}

async function add(pictures) {
  if (!pictures.length) return;
  const added = pictures.map(answerFor);
  shown = [...added, ...shown];
  find(".answers").prepend(...added.map((answer) => answer.element));
  showCount();
  added[0].element.scrollIntoView({ block: "nearest" });
  const said = await Promise.all(added.map((answer) => answer.ask()));
  announce(said);
  if (said.length === 1 && said[0]) added[0].openDetails();
}

function answerFor(picture) {
  const answer = new Answer(picture, allowed, inTurn);
  find(".remove", answer.element).addEventListener("click", () => remove(answer));
  return answer;
}

function announce(said) {
  const found = said.filter(Boolean);
  if (said.length === 1) {
    if (found.length) speak(spoken(found[0]));
    return; // a failure speaks for itself
  }
  const failed = said.length - found.length;
  const rest = failed ? `; ${failed} without an answer` : "";
  speak(`${counted(found.length, "picture")} answered${rest}`);
}

function remove(answer) {
  const place = shown.indexOf(answer);
  answer.remove();
  shown = shown.filter((other) => other !== answer);
  showCount();
  (shown[place] ?? shown[place - 1])?.focus();
  if (!shown.length) find("#choose").focus();
}

function showCount() {
  find("#answers").hidden = !shown.length;
  find("#count").textContent = counted(shown.length, "picture");
}
