// Puts the two files of onnxruntime-web that the page needs beside it: no bundler, nothing else served.

import { copyFile, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const FILES = ["ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"];

const here = new URL("./", import.meta.url);
const from = new URL("node_modules/onnxruntime-web/dist/", here);
const to = new URL("runtime/", here);

await mkdir(to, { recursive: true });
for (const file of FILES) {
  await copyFile(new URL(file, from), new URL(file, to));
}
console.log(`${FILES.length} files in ${fileURLToPath(to)}`);
