/** Where pictures come from: a file dialog, a drop, the clipboard. */

import { counted, find, showProblem } from "./dom.js";

const MOST = 100;

/**
 * Hand every picture that comes to `take`.
 * @param {(files: File[]) => void} take
 */
export function listen(take) {
  const handOver = (files) => take(upTo(MOST, [...files]));
  listenToChoice(handOver);
  listenToDrop(handOver);
  listenToPaste(handOver);
}

function upTo(most, files) {
  const left = files.length - most;
  showProblem(left > 0 ? `These are the first ${most}; ${counted(left, "picture")} more can come after them.` : "");
  return files.slice(0, most);
}

function listenToChoice(handOver) {
  const input = find("#files");
  find("#choose").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    handOver(input.files);
    input.value = ""; // so that the same file can be chosen again
  });
}

function listenToDrop(handOver) {
  const show = (isOver) => document.body.classList.toggle("dragging", isOver);
  document.addEventListener("dragover", (event) => { event.preventDefault(); show(true); });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) show(false); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    show(false);
    const dropped = event.dataTransfer;
    if (hasFolder(dropped)) showProblem("That is a folder. Open it, and drop the pictures in it.");
    else if (dropped.files.length) handOver(dropped.files);
    else showProblem("That was a link, not a picture. Save the picture first, then drop its file.");
  });
}

function hasFolder(dropped) {
  return [...dropped.items].some((item) => item.webkitGetAsEntry?.()?.isDirectory);
}

function listenToPaste(handOver) {
  document.addEventListener("paste", (event) => {
    const { files } = event.clipboardData;
    if (files.length) handOver(files);
    else showProblem("There is no picture in the clipboard. Copy a picture, then paste it here.");
  });
}
