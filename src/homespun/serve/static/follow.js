/** What happens in a run while it is training, as the server sends it. */

/**
 * Follow a run until it has ended or is followed no longer.
 * @param {string} name
 * @param {{epoch: (row: Object) => void, state: (state: Object) => void,
 *   lost: (isOver: boolean) => void, found: () => void}} on
 * @returns {() => void} ends it
 */
export function follow(name, on) {
  const events = new EventSource(`/api/runs/${encodeURIComponent(name)}/events`);
  events.addEventListener("epoch", (event) => on.epoch(JSON.parse(event.data)));
  events.addEventListener("state", (event) => on.state(JSON.parse(event.data)));
  events.addEventListener("open", () => on.found());
  // the browser connects again by itself, unless it was refused
  events.addEventListener("error", () => on.lost(events.readyState === EventSource.CLOSED));
  return () => events.close();
}
