/** The examples of the embedded model, run as they are. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { serve } from "./support/cachalot.js";

let printed: string;
const { argv } = process;
beforeEach(() => {
  printed = "";
  vi.resetModules();
  vi.spyOn(console, "log").mockImplementation((line: string) => {
    printed += `${line}\n`;
  });
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => {
  process.argv = argv;
  vi.restoreAllMocks();
});

const turn = (calculation: string, result: string) => [
  expect.stringMatching(/^thinking {2}./),
  `call      ${calculation} = ${result}`,
  expect.stringMatching(/^thinking {2}./),
  expect.stringMatching(new RegExp(`^answer {4}.*${result}`)),
];
const twoTurns = [...turn("348 + 1297", "1645"), "", ...turn("1645 * 10", "16450"), ""];

test("the AI SDK on the embedded model", async () => {
  process.argv = argv.slice(0, 2);
  await import("../examples/03-ai-sdk.js");
  expect(printed.split("\n")).toEqual(twoTurns);
});

test("the AI SDK on an endpoint", async () => {
  const served = await serve();
  try {
    process.argv = [...argv.slice(0, 2), "--upstream", `${served.url}/v1`];
    await import("../examples/03-ai-sdk.js");
    expect(printed.split("\n")).toEqual(twoTurns);
  } finally {
    await served.stop();
  }
});

test("an agent with an MCP server", async () => {
  await import("../examples/04-mcp/main.js");
  expect(printed.split("\n")).toEqual([
    "tool      calculator",
    expect.stringMatching(/^thinking {2}.+$/),
    expect.stringMatching(/^call {6}\{"expression": "348 \+ 1297"\}$/),
    "result    1645",
    expect.stringMatching(/^thinking {2}.+$/),
    expect.stringMatching(/^answer {4}.*1645.* \(answer\)$/),
    "",
  ]);
});
