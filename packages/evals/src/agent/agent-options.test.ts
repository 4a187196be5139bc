import { expect, test } from "vitest";
import { benchmarkNamed } from "../benchmarks/index.js";
import { agentOptions } from "./agent-options.js";

test("what is no agent's problem refuses an agent's options, and names those that were given", () => {
  const refused = expect.objectContaining({ code: "invalid_options" });
  const attempt = (name: string, asked: Parameters<typeof agentOptions>[1]) => () =>
    agentOptions(benchmarkNamed(name), asked);
  expect(attempt("gsm8k", { steps: 10, tokens: 100 })).toThrow(refused);
  expect(attempt("gsm8k", { steps: 10, tokens: 100 })).toThrow(/gsm8k has no tools.*leave out steps and token limit$/);
  expect(attempt("tau2-retail", { strategy: "summary" })).toThrow(/limits of its own; leave out strategy$/);
  expect(agentOptions(benchmarkNamed("gsm8k"), undefined)).toBeUndefined();
});
