/** What the network sees: the steps of the preparation with switches, where it looks, what is like it. */

import { find, make } from "./dom.js";

const FEW = 64;

/**
 * Show it all; a switch that is used keeps the focus.
 * @param {Element} place
 * @param {Object} answer
 * @param {(name: string, isOn: boolean) => void} onSwitch
 */
export function showSeen(place, answer, onSwitch) {
  const used = place.contains(document.activeElement) ? document.activeElement.dataset.step : null;
  const parts = [steps(answer.steps, onSwitch), clues(answer)];
  place.replaceChildren(...parts.filter(Boolean));
  if (used) find(`[data-step="${CSS.escape(used)}"]`, place)?.focus();
}

function steps(taken, onSwitch) {
  if (!taken?.length) return null;
  const about = { className: "steps", role: "list", "aria-label": "Steps of the preparation" };
  return make("ol", about, ...taken.map((step) => stepOf(step, onSwitch)));
}

function stepOf(step, onSwitch) {
  const item = make("li", { className: step.is_on ? "" : "off" });
  item.append(step.picture ? picture(step.picture, step.title) : make("div", { className: "none" }, "switched off"));
  item.append(step.can_be_switched ? toggle(step, onSwitch) : make("p", {}, step.title));
  return item;
}

function toggle({ name, title, is_on: isOn }, onSwitch) {
  const box = make("input", { type: "checkbox", role: "switch", checked: isOn });
  box.dataset.step = name;
  box.addEventListener("change", () => onSwitch(name, box.checked));
  return make("label", { className: "switch" }, box, make("span", {}, title));
}

function clues({ label, occlusion, similar }) {
  const parts = [];
  if (occlusion) parts.push(hangsOn(label, occlusion));
  if (similar?.length) parts.push(alike(similar));
  return parts.length ? make("div", { className: "clues" }, ...parts) : null;
}

function hangsOn(label, source) {
  const alt = `Map of the places on which the answer ${label} hangs`;
  const words = `What the answer hangs on: red places speak for ${label}, blue ones against it.`;
  return make("figure", { className: "occlusion" }, picture(source, alt), make("figcaption", {}, words));
}

function alike(similar) {
  const items = similar.map(({ label, picture: source }) =>
    make("li", {}, picture(source, `Training picture: ${label}`), make("p", {}, label)));
  const words = "The training pictures most like it, as the last hidden layer sees them, the nearest first.";
  return make("figure", { className: "similar" }, make("ul", {}, ...items), make("figcaption", {}, words));
}

/** Few pixels are shown as squares, many as a photo. */
function picture(source, alt) {
  const image = make("img", { src: source, alt });
  image.addEventListener("load", () => image.classList.toggle("pixels", image.naturalWidth <= FEW));
  return image;
}
