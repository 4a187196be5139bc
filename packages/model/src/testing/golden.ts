import { fileURLToPath } from "node:url";

/** A directory of the golden models, which lie beside the repository. */
export const golden = (name: "plain" | "yarn" | "fp8"): string =>
  fileURLToPath(new URL(`../../../../../shared/golden/model/${name}`, import.meta.url));
