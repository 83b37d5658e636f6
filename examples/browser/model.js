// The exported model: its two graphs, and what their answers mean.

import * as ort from "./runtime/ort.wasm.bundle.min.mjs";

ort.env.wasm.numThreads = 1; // more of them need headers that a plain file server does not send
ort.env.wasm.wasmPaths = { wasm: new URL("runtime/ort-wasm-simd-threaded.wasm", import.meta.url).href };

/** Loads model.json, model.onnx and photo.onnx, as `homespun export` wrote them. */
export async function openModel() {
  const about = await (await fetch("model.json")).json();
  const [ready, photo] = await Promise.all(
    ["model.onnx", "photo.onnx"].map((file) => ort.InferenceSession.create(file)),
  );
  return { about, ready, photo };
}

/** Answers pictures as the model takes them: bytes of n pictures, each height x width x channel. */
export async function answerPictures({ about, ready }, bytes) {
  const [height, width, channels] = about.in_shape;
  const n = bytes.length / (height * width * channels);
  const pictures = new ort.Tensor("uint8", bytes, [n, height, width, channels]);
  return named(about, await ready.run({ pictures }));
}

/** Answers one photo, {width, height, rgb}, with its mask, {width, height, values}. */
export async function answerPhoto({ about, photo }, { width, height, rgb }, mask) {
  const inputs = { photo: new ort.Tensor("uint8", rgb, [height, width, 3]) };
  if (about.preparation.cut_out) {
    inputs.mask = new ort.Tensor("float32", mask.values, [mask.height, mask.width]);
  }
  const outputs = await photo.run(inputs);
  const [answer] = named(about, outputs);
  return { ...answer, prepared: outputs.prepared.data };
}

/** What every door of homespun says of a picture: label, probability, trust, probabilities. */
function named(about, { probabilities, label, trust }) {
  const n = about.class_names.length;
  return Array.from(label.data, (place, i) => {
    const row = probabilities.data.slice(i * n, (i + 1) * n);
    return {
      label: about.class_names[Number(place)],
      probability: row[Number(place)],
      trust: about.trust[Number(trust.data[i])],
      probabilities: about.class_names.map((name, k) => [name, row[k]]),
    };
  });
}
