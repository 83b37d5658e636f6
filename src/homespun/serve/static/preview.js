/** The small picture beside an answer: the file itself, or the server's picture of it. */

/**
 * Show a file.
 * @param {HTMLImageElement} image
 * @param {{blob: Blob, name: string}} picture
 */
export function showPreview(image, { blob, name }) {
  image.alt = name;
  image.src = URL.createObjectURL(blob);
  const done = (isShown) => {
    image.hidden = !isShown;
    URL.revokeObjectURL(image.src);
  };
  image.addEventListener("load", () => done(true), { once: true });
  image.addEventListener("error", () => done(false), { once: true });
}

/** Few browsers show HEIC: there the server's picture of the photo stands in. */
export function replaceUnshown(image, { steps }) {
  if (!image.hidden || !steps?.length) return;
  image.src = steps[0].picture;
  image.hidden = false;
}

/** Whether this is a photo as phones of one maker take them. */
export function isHeic({ blob, name }) {
  return /hei[cf]/i.test(blob.type) || /\.hei[cf]$/i.test(name);
}
