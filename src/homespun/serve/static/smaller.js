/** Pictures over what the server takes are made smaller here first: the network sees few pixels anyway. */

import { Problem } from "./server.js";

const SIDE = 2048;

/**
 * Return a JPEG of a picture, its longer side at most 2,048 pixels.
 * @param {Blob} picture
 * @returns {Promise<Blob>}
 * @throws {Problem} the browser cannot read the picture, either
 */
export async function smaller(picture) {
  try {
    const bitmap = await createImageBitmap(picture);
    const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = onWhite(bitmap, Math.round(scale * bitmap.width), Math.round(scale * bitmap.height));
    bitmap.close();
    return await asJpeg(canvas);
  } catch {
    throw new Problem("It is too large, and this browser cannot make it smaller.", "Make it smaller first.");
  }
}

/** Return what a canvas shows as a JPEG file's bytes. */
export function asJpeg(canvas) {
  return new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.95); });
}

/** Return an image on a canvas, what is transparent on white, as the server lays it. */
export function onWhite(image, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, width);
  canvas.height = Math.max(1, height);
  const paper = canvas.getContext("2d");
  paper.fillStyle = "white";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}
