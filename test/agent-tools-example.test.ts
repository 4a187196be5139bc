import { sandboxUnavailableReason } from "@cachalot/agent";
import { expect, test, vi } from "vitest";

const reason = await sandboxUnavailableReason();
const required = process.env.CACHALOT_REQUIRE?.split(",").includes("sandbox") === true;

test.skipIf(reason !== undefined && !required)(
  `the example with tools runs (${reason ?? "in a sandbox"})`,
  async () => {
    const lines: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(...line.split("\n")));
    try {
      await import("../examples/02-agent-tools/main.js");
    } finally {
      log.mockRestore();
    }
    const results = lines.filter((line) => line.startsWith("result")).map((line) => line.slice(10));
    expect(results).toEqual([
      "2250",
      expect.stringMatching(/^Error: animal: .*correct the arguments and call again$/),
      "Written: depth.txt",
      "7381",
      "226",
      "328",
      "Error: the call was denied: nothing is deleted here",
    ]);
    expect(lines.join("\n")).toContain("Connection refused");
    expect(lines.at(-1)).toBe('answer    {"feet":7381,"bar":226} (answer)');
  },
);
