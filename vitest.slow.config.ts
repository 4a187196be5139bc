import { defineConfig } from "vitest/config";

/** The slower suites: long fuzzing, whole trainings, kill -9 journeys. `.ci/run` runs them after `npm test`. */
export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.slow.test.ts", "recipes/*/lessons/src/**/*.slow.test.ts", "test/**/*.slow.test.ts"],
    testTimeout: 900_000,
    hookTimeout: 300_000,
    pool: "forks",
    maxWorkers: 1,
    expect: { poll: { timeout: 20_000 } },
  },
});
