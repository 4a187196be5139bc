/** Calls `work` in a turn of the event loop of its own (a macrotask), after messages that have come. Pages have no `setImmediate`. */
export const nextTurn: (work: () => void) => void =
  "setImmediate" in globalThis
    ? (globalThis as { setImmediate: (work: () => void) => void }).setImmediate
    : byMessage();

function byMessage(): (work: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  // Node's types lack what pages have.
  (port1 as unknown as { onmessage: () => void }).onmessage = () => waiting.shift()!();
  return (work) => {
    waiting.push(work);
    port2.postMessage(undefined);
  };
}
