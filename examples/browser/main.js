// The page: a picture goes in, and what the model says of it is shown.

import { answerPhoto, answerPictures, openModel } from "./model.js";
import { greyOf, isReady, plainMask, readPicture } from "./picture.js";

const TRUST = {
  yes: "An answer as sure as this one is right at least 97 times of 100.",
  unsure: "The model is not sure.",
  unlike: "The picture is unlike what the model was trained on: the answer means nothing.",
};

const chooser = document.querySelector("#file");
const status = document.querySelector("#status");
const result = document.querySelector("#result");

const opening = openModel();

chooser.addEventListener("change", async () => {
  const [file] = chooser.files;
  if (!file) {
    return;
  }
  result.hidden = true;
  say("Looking …");
  try {
    show(await answer(await opening, file));
  } catch (error) {
    say(`This picture could not be answered: ${error.message}`);
  }
});

try {
  await opening;
  say("Ready.");
  chooser.disabled = false;
} catch (error) {
  say(`The model could not be loaded: ${error.message}`);
}

async function answer(model, file) {
  const [height, width] = model.about.in_shape;
  const picture = await readPicture(file, model.about.in_shape);
  if (!isReady(picture, model.about)) {
    const told = await answerPhoto(model, picture, plainMask(picture));
    return { ...told, shape: model.about.in_shape };
  }
  if (picture.width !== width || picture.height !== height) {
    throw new Error(`it is grey on black, and such pictures must be ${width} x ${height} pixels`);
  }
  const prepared = greyOf(picture);
  const [told] = await answerPictures(model, prepared);
  return { ...told, prepared, shape: model.about.in_shape };
}

function show({ label, probability, trust, probabilities, prepared, shape }) {
  document.querySelector("#label").textContent = `${label}, ${percent(probability)}`;
  document.querySelector("#trust").textContent = TRUST[trust];
  const rows = [...probabilities].sort((a, b) => b[1] - a[1]).map(row);
  document.querySelector("#probabilities").replaceChildren(...rows);
  draw(document.querySelector("#seen"), prepared, shape);
  result.hidden = false;
  say(`${label}, ${percent(probability)}. ${TRUST[trust]}`);
}

function row([name, probability]) {
  const line = document.createElement("tr");
  line.dataset.probability = probability;
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = name;
  const cell = document.createElement("td");
  cell.textContent = percent(probability);
  line.append(head, cell);
  return line;
}

function draw(canvas, pixels, [height, width, channels]) {
  [canvas.width, canvas.height] = [width, height];
  const picture = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) {
      picture.data[4 * i + c] = pixels[channels * i + (c % channels)];
    }
    picture.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

function percent(share) {
  return `${(100 * share).toFixed(1)}%`;
}

function say(words) {
  status.textContent = words;
}
