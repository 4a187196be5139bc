/** Entry of the worker thread. */

import { parentPort } from "node:worker_threads";
import { lowerPriority } from "./lower-priority.js";
import { serveWorker } from "./serve-worker.js";

lowerPriority();
serveWorker(parentPort!);
