import { fileURLToPath } from "node:url";

/** A directory of the golden models. */
export const golden = (name: "plain" | "yarn" | "fp8"): string =>
  fileURLToPath(new URL(`../../../../test/golden/model/${name}`, import.meta.url));
