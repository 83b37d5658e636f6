// From a file to what the graphs take. Where this page does less than homespun in Python, it says so.

const LONGEST = 384; // pixels of the longer side; the preparation has no use for more
const BLACK = 8; // grey levels that count as black, and colours that differ less count as grey
const APART = 28; // in grey levels: what differs more from the ground than this is the object

/** Reads a picture file: upright, in sRGB, over white, and no larger than is of use. */
export async function readPicture(file, inShape) {
  const full = await createImageBitmap(file);
  const longest = Math.max(LONGEST, 2 * inShape[0], 2 * inShape[1]);
  const scale = Math.min(1, longest / Math.max(full.width, full.height));
  const [width, height] = [full.width, full.height].map((n) => Math.max(1, Math.round(n * scale)));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(full, 0, 0, width, height);
  const rgba = context.getImageData(0, 0, width, height).data;
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    rgb.set(rgba.subarray(4 * i, 4 * i + 3), 3 * i);
  }
  return { width, height, rgb };
}

/** Says whether it is grey on black, as Fashion-MNIST is: such a picture is not prepared. */
export function isReady({ width, height, rgb }, about) {
  if (!about.preparation.dark_background || about.in_shape[2] !== 1) {
    return false;
  }
  for (let i = 0; i < width * height; i++) {
    const pixel = rgb.subarray(3 * i, 3 * i + 3);
    if (Math.max(...pixel) - Math.min(...pixel) > BLACK) {
      return false;
    }
  }
  return medianOfBorder({ width, height, rgb }, [0, 1, 2]) <= BLACK;
}

/** Returns the grey levels of a picture that is ready. */
export function greyOf({ rgb }) {
  return rgb.filter((_, i) => i % 3 === 0);
}

/**
 * Returns the mask of what differs from the colour of the frame: good on a plain ground, and on no
 * other. homespun in Python looks for the object with more care; no ONNX operator does that.
 */
export function plainMask({ width, height, rgb }) {
  const ground = [0, 1, 2].map((c) => medianOfBorder({ width, height, rgb }, [c]));
  const values = new Float32Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const apart = ground.map((level, c) => Math.abs(rgb[3 * i + c] - level));
    values[i] = Math.max(...apart) > APART ? 1 : 0;
  }
  return { width, height, values };
}

/** Returns the median of some channels along the four sides; a corner counts for both of its sides. */
function medianOfBorder({ width, height, rgb }, channels) {
  const border = [];
  const take = (x, y) => channels.forEach((c) => border.push(rgb[3 * (y * width + x) + c]));
  for (let x = 0; x < width; x++) {
    take(x, 0);
    take(x, height - 1);
  }
  for (let y = 0; y < height; y++) {
    take(0, y);
    take(width - 1, y);
  }
  border.sort((a, b) => a - b);
  return (border[(border.length - 1) >> 1] + border[border.length >> 1]) / 2;
}
