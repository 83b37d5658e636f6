/** Everything that is asked of the server, and what its refusals mean to a person. */

const UNREACHABLE = "The server does not answer.";
const START_IT = "See whether homespun serve still runs and the network is there, then try again.";

/** Used where an answer has no words of its own, as a proxy's has not. */
const TO_DO = {
  403: "Open the page at the address that homespun serve printed.",
  408: "The upload took too long: try again, or choose a smaller picture.",
  413: "Choose a smaller picture.",
  415: "Choose a JPEG, PNG, WebP, BMP or GIF picture.",
  422: "Choose another picture, or save this one again as JPEG.",
  503: "The server is busy: try again in a moment.",
};

/** Something that went wrong: what, and what to do about it. */
export class Problem extends Error {
  /**
   * @param {string} detail what went wrong
   * @param {string} todo what to do about it
   * @param {{status?: number, code?: string, wait?: number}} more the status of HTTP, the server's
   *   name for the problem, and the seconds after which it is worth trying again
   */
  constructor(detail, todo, { status = 0, code = "", wait = 1 } = {}) {
    super(`${detail} ${todo}`);
    Object.assign(this, { status, code, wait });
  }

  /** Whether the same question may have an answer later. */
  get mayPass() {
    return this.status === 0 || this.status === 408 || this.status >= 500;
  }
}

/** GET what is at an address, as JSON. */
export const get = (address) => ask(address, {});

/** GET a picture. */
export const getPicture = (address) => ask(address, {}, (response) => response.blob());

/**
 * Ask what is in a picture.
 * @param {Blob} picture
 * @param {{off?: Iterable<string>, steps?: boolean, explain?: boolean, similar?: boolean}} wanted
 * @param {AbortSignal} signal
 */
export async function predict(picture, { off = [], ...wanted } = {}, signal = undefined) {
  const query = new URLSearchParams(Object.entries(wanted));
  if ([...off].length) query.set("off", [...off].join(","));
  const isPicture = picture.type.startsWith("image/");
  const headers = { "Content-Type": isPicture ? picture.type : "application/octet-stream" };
  const path = `/api/predict?${query}`;
  return ask(path, { method: "POST", body: picture, headers, signal });
}

/** Have a picture kept under its right label. */
export function correct(picture, label) {
  const form = new FormData();
  form.set("picture", picture);
  form.set("label", label);
  return ask("/api/corrections", { method: "POST", body: form });
}

async function ask(address, options, read = (response) => response.json()) {
  let response;
  try {
    response = await fetch(address, options);
    if (response.ok) return await read(response);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(UNREACHABLE, START_IT);
  }
  throw await problemIn(response);
}

async function problemIn(response) {
  const words = await response.json().catch(() => ({}));
  const detail = words.detail ?? `The server answered ${response.status} ${response.statusText}.`;
  const todo = words.what_to_do ?? TO_DO[response.status] ?? "Try again.";
  const wait = Number(response.headers.get("Retry-After")) || 1;
  return new Problem(sentence(detail), sentence(todo), { status: response.status, code: words.code, wait });
}

function sentence(words) {
  const begun = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
