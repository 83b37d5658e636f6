/** Waiting: fifty pictures must not be fifty requests, and a busy server is asked again later. */

const TRIES = 6;

/**
 * Return a function that runs tasks in the order in which they come, at most so many at once.
 * @param {number} most
 * @returns {(task: () => Promise) => Promise}
 */
export function takingTurns(most) {
  const waiting = [];
  let running = 0;
  const next = () => {
    while (running < most && waiting.length) {
      running += 1;
      waiting.shift()();
    }
  };
  return async (task) => {
    await new Promise((go) => { waiting.push(go); next(); });
    try {
      return await task();
    } finally {
      running -= 1;
      next();
    }
  };
}

/**
 * Run a task again, a few times, while the server says that it is busy.
 * @param {() => Promise} task
 * @param {AbortSignal} signal
 * @param {(seconds: number) => void} onWait told before each wait
 */
export async function patiently(task, signal, onWait) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await task();
    } catch (problem) {
      if (problem.status !== 503 || tried === TRIES) throw problem;
      const seconds = Math.min(problem.wait, 30);
      onWait(seconds);
      await pause(seconds, signal);
    }
  }
}

function pause(seconds, signal) {
  return new Promise((go, stop) => {
    const timer = setTimeout(go, 1000 * seconds);
    signal.addEventListener("abort", () => { clearTimeout(timer); stop(signal.reason); });
  });
}
