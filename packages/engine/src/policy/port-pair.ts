import type { Port } from "../protocol.js";

// biome-ignore lint/suspicious/noExplicitAny: a message is data from elsewhere, typed by whoever receives it
type Listener = (message: any) => void;

/** Both ends of a message channel within one thread: what one posts the other has at once, uncopied. */
export function portPair(onClose: () => void): [client: Port, worker: Port] {
  const listeners: [Listener[], Listener[]] = [[], []];
  const end = (own: 0 | 1): Port => ({
    postMessage: (message) => {
      for (const listener of listeners[1 - own]!) listener(message);
    },
    on: (_, listener) => listeners[own].push(listener),
    close: onClose,
  });
  return [end(0), end(1)];
}
