/** Entry of the engine's process. */

import { lowerPriority } from "./lower-priority.js";
import { serveWorker } from "./serve-worker.js";

// The parent is gone, or closed the channel.
process.on("disconnect", () => process.exit());
// Ctrl+C in a terminal, or a service manager, signals the whole group: the parent decides when the engine ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
lowerPriority();
serveWorker(
  {
    postMessage: (message) => {
      if (process.connected) process.send!(message, undefined, undefined, () => undefined);
    },
    on: (event, listener) => process.on(event, listener),
    close: () => {
      if (process.connected) process.disconnect();
    },
  },
  { residentBytes: () => process.memoryUsage.rss(), warmUp: true },
);
