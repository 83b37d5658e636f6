/** Curves over the epochs as SVG: what was trained on, and what was held out. */

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 340;
const HEIGHT = 190;
const EDGE = { left: 42, right: 10, top: 10, bottom: 26 };

/**
 * Draw one figure of a run.
 * @param {Object[]} rows one an epoch, with `epoch` and the keys of `lines`
 * @param {number} epochs how many there will be: the curve grows into its frame
 * @param {{words: string, lines: {key: string, name: string, kind: string}[],
 *   show: (value: number) => string, tick: (value: number) => string}} figure
 * @returns {SVGElement}
 */
export function curve(rows, epochs, { words, lines, show, tick }) {
  const values = rows.flatMap((row) => lines.map(({ key }) => row[key])).filter(Number.isFinite);
  const ticks = niceTicks(Math.min(...values), Math.max(...values));
  const x = scale([1, Math.max(2, epochs)], [EDGE.left, WIDTH - EDGE.right]);
  const y = scale([ticks.at(0), ticks.at(-1)], [HEIGHT - EDGE.bottom, EDGE.top]);
  const drawing = element("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: "img",
    "aria-label": described(rows, words, lines, show),
  });
  drawing.append(...ticks.flatMap((value) => level(y(value), tick(value))));
  drawing.append(...epochTicks(epochs).map((epoch) => label(x(epoch), HEIGHT - 6, epoch, "middle")));
  drawing.append(...lines.flatMap((one) => line(rows, one, x, y)));
  return drawing;
}

/** Return about four round numbers that enclose a range. */
export function niceTicks(low, high) {
  const range = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(range / 3));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => range / size <= 4);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

function epochTicks(epochs) {
  const step = Math.max(1, Math.ceil(epochs / 8));
  return Array.from({ length: Math.floor((epochs - 1) / step) + 1 }, (_, i) => 1 + i * step);
}

function scale([from, to], [start, end]) {
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}

function level(height, words) {
  const place = { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: height, y2: height, class: "level" };
  return [element("line", place), label(EDGE.left - 8, height + 4, words, "end")];
}

function label(x, y, words, anchor) {
  const text = element("text", { x, y, "text-anchor": anchor });
  text.textContent = words;
  return text;
}

function line(rows, { key, kind }, x, y) {
  const known = rows.filter((row) => Number.isFinite(row[key]));
  const at = (row) => [x(row.epoch).toFixed(1), y(row[key]).toFixed(1)];
  const points = known.map((row) => at(row).join(",")).join(" ");
  const [cx, cy] = at(known.at(-1));
  return [element("polyline", { points, class: kind }), element("circle", { cx, cy, r: 3.5, class: kind })];
}

function described(rows, words, lines, show) {
  const last = rows.at(-1);
  const known = lines.filter(({ key }) => Number.isFinite(last[key]));
  return `${words} after epoch ${last.epoch}: ${known.map(({ key, name }) => `${name} ${show(last[key])}`).join(", ")}`;
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
