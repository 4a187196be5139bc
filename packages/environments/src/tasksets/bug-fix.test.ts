import { expect, test } from "vitest";
import { bugFix } from "./bug-fix.js";

test("the easiest level has programs enough to learn mending from, and none to learn by heart", async () => {
  const keys = new Set<string>();
  for (let seed = 0; seed < 2000; seed++)
    keys.add((await bugFix.draw({ seed, level: 0, mode: "chat", split: "train" })).key);
  expect(keys.size).toBeGreaterThan(1000);
});
