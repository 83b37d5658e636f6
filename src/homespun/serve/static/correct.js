/** Correct it: one click on the right class keeps the picture where a training will find it. */

import { make } from "./dom.js";
import { correct } from "./server.js";

/**
 * Offer a button for each class.
 * @param {Element} place
 * @param {string[]} names
 * @param {() => Blob} picture gives what was sent to the server
 */
export function offerCorrection(place, names, picture) {
  const said = make("p", { className: "muted", role: "status" });
  const buttons = names.map((name) => make("button", { type: "button", className: "small" }, name));
  for (const button of buttons) {
    button.addEventListener("click", () => keep(button, buttons, picture(), said));
  }
  const title = make("h4", {}, "Correct it: what is it really?");
  place.append(title, make("p", { className: "buttons" }, ...buttons), said);
}

async function keep(button, buttons, picture, said) {
  if (buttons.some(isOff)) return; // a double click
  buttons.forEach(setOff);
  said.textContent = "Keeping it.";
  try {
    const { kept } = await correct(picture, button.textContent);
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    said.textContent = `Kept as ${kept} in the folder of corrections. A click on another class moves it there.`;
  } catch (problem) {
    said.textContent = problem.message;
  }
  buttons.forEach(setOn);
}

const isOff = (button) => button.getAttribute("aria-disabled") === "true";

/** Buttons that are off stay in the tab order, so that the focus is not lost. */
const setOff = (button) => button.setAttribute("aria-disabled", "true");
const setOn = (button) => button.setAttribute("aria-disabled", "false");
