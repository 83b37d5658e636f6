/** One picture on the page: it waits, asks, shows what comes, and asks again when a step is switched. */

import { offerCorrection } from "./correct.js";
import { find, speak } from "./dom.js";
import { isHeic, replaceUnshown, showPreview } from "./preview.js";
import { showBars, showVerdict, spoken } from "./said.js";
import { showSeen } from "./sees.js";
import { predict } from "./server.js";
import { smaller } from "./smaller.js";
import { patiently } from "./turns.js";

const PARTS = [".failed", ".verdict", ".bars", ".more"];
const DETAILS = { steps: true, explain: true, similar: true };
const SLOW = 8000;
const TOO_MANY_PIXELS = "too-many-pixels";
const NOT_READ = 415;

/** One picture, and what is said of it. */
export class Answer {
  #asking = new AbortController();
  #off = new Set();
  #sent = null;
  #has = { answer: false, details: false };

  /**
   * @param {{blob: Blob, name: string}} picture
   * @param {{corrections: boolean, most_bytes: number}} allowed what this server lets the page do
   * @param {(task: () => Promise) => Promise} inTurn
   */
  constructor(picture, allowed, inTurn) {
    this.picture = picture;
    this.allowed = allowed;
    this.inTurn = inTurn;
    this.element = find("#answer").content.firstElementChild.cloneNode(true);
    this.#name();
    this.#part(".again").addEventListener("click", () => this.ask());
    this.#part(".sees").addEventListener("toggle", () => this.#opened());
  }

  /**
   * Ask about the picture, and show what comes.
   * @returns {Promise<Object|null>} the answer; null where there is none
   */
  async ask() {
    this.#asking.abort(); // of two questions the later one counts
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#begin();
    const slow = setTimeout(() => this.#wait("Still waiting: the server is slow."), SLOW);
    try {
      const answer = await this.inTurn(() => this.#request(signal));
      if (signal.aborted) return null;
      this.#showAnswer(answer);
      return answer;
    } catch (problem) {
      if (!signal.aborted) this.#showFailure(problem);
      return null;
    } finally {
      clearTimeout(slow);
    }
  }

  /** Ask for what the network sees, too, which takes longer than an answer. */
  openDetails() {
    this.#part(".sees").open = true;
  }

  /** Bring it before the reader. */
  focus() {
    const article = this.#part("article");
    article.focus({ preventScroll: true });
    article.scrollIntoView({ block: "nearest" });
  }

  /** Take it off the page, and stop what is still asked for it. */
  remove() {
    this.#asking.abort();
    this.element.remove();
  }

  #name() {
    const { name } = this.picture;
    this.#part(".file").textContent = name;
    this.#part("article").setAttribute("aria-label", name);
    this.#part(".remove").setAttribute("aria-label", `Remove ${name}`);
    showPreview(this.#part(".photo img"), this.picture);
  }

  #part(selector) {
    return find(selector, this.element);
  }

  async #request(signal) {
    const { blob } = this.picture;
    this.#sent ??= blob.size > this.allowed.most_bytes ? await smaller(blob) : blob;
    this.#wait(this.#has.answer ? "Looking closer" : "Looking");
    const wanted = this.#part(".sees").open ? DETAILS : { steps: isHeic(this.picture) };
    const ask = () => predict(this.#sent, { ...wanted, off: this.#off }, signal);
    const onWait = (seconds) => this.#wait(`The server is busy: asking again in ${seconds} s.`);
    try {
      return (await patiently(ask, signal, onWait)).answers[0];
    } catch (problem) {
      if (this.#sent !== blob || !this.#canMend(problem)) throw problem;
      this.#sent = await smaller(blob).catch(() => { throw problem; });
      return (await patiently(ask, signal, onWait)).answers[0];
    }
  }

  /** What is too large for the server, or HEIC, the browser may know how to open. */
  #canMend({ code, status }) {
    return code === TOO_MANY_PIXELS || (status === NOT_READ && isHeic(this.picture));
  }

  #opened() {
    if (this.#part(".sees").open && this.#has.answer && !this.#has.details) this.ask();
  }

  /** What is there already stays to be read while more is asked for. */
  #begin() {
    if (!this.#has.answer) this.#show();
    this.#part(".waiting").hidden = false;
    this.#part("article").setAttribute("aria-busy", "true");
  }

  #wait(words) {
    this.#part(".waiting .words").textContent = words;
  }

  #showAnswer(answer) {
    this.#has = { answer: true, details: "similar" in answer };
    this.#part("article").dataset.trust = answer.trust;
    showVerdict(this.#part(".verdict"), answer);
    showBars(this.#part(".bars"), answer);
    replaceUnshown(this.#part(".photo img"), answer);
    if (this.#part(".sees").open) {
      showSeen(this.#part(".sees .body"), answer, (name, isOn) => this.#switch(name, isOn));
    }
    this.#offerCorrection(answer);
    this.#show(".verdict", ".bars", ".more");
  }

  async #switch(name, isOn) {
    if (isOn) this.#off.delete(name);
    else this.#off.add(name);
    const answer = await this.ask();
    if (answer) speak(spoken(answer));
  }

  #offerCorrection({ probabilities }) {
    const place = this.#part(".correct");
    place.hidden = !this.allowed.corrections;
    if (this.allowed.corrections && !place.childElementCount) {
      offerCorrection(place, Object.keys(probabilities), () => this.#sent);
    }
  }

  #showFailure(problem) {
    this.#has = { answer: false, details: false };
    delete this.#part("article").dataset.trust;
    this.#part(".failed .words").textContent = problem.message;
    this.#part(".again").hidden = !problem.mayPass;
    this.#show(".failed");
  }

  #show(...shown) {
    for (const part of PARTS) this.#part(part).hidden = !shown.includes(part);
    this.#part(".waiting").hidden = true;
    this.#part("article").setAttribute("aria-busy", "false");
  }
}
