/** Elements, words and numbers: the little that both pages need. */

/** The first element that a selector finds. */
export const find = (selector, within = document) => within.querySelector(selector);

/**
 * Make an element.
 * @param {string} tag
 * @param {Object<string, *>} properties set as properties where there are such, else as attributes
 * @param {...(Node|string)} children
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Have a screen reader say this when it has said the rest. */
export function speak(words) {
  const region = find("#spoken");
  region.textContent = "";
  setTimeout(() => { region.textContent = words; }, 50); // the same words twice are said twice
}

/** Show what went wrong with the page as a whole, or nothing any more. */
export function showProblem(words = "") {
  const place = find("#problem");
  place.textContent = words;
  place.hidden = !words;
}

/** A share as on the command line: 0.8125 is 81.3%. */
export const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)}%`;

/** One picture, two pictures. */
export const counted = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
