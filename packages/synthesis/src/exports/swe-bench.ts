import { formatSweBench, toSweBench } from "../code/swe-bench.js";
import type { TaskExport } from "./task-export.js";

/** SWE-bench instances, one a line: of code tasks alone, with both patches, as the format has them. */
export const sweBench: TaskExport = {
  name: "swe-bench",
  description: "SWE-bench instances of code tasks (JSONL), with their patches",
  files: (tasks) =>
    new Map([["instances.jsonl", tasks.map((task) => `${formatSweBench(toSweBench(task))}\n`).join("")]]),
};
