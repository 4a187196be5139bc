import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createOutput } from "./output.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

function written(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.WriteStream;
  return { output: createOutput(stream), text: () => String((stream as unknown as PassThrough).read() ?? "") };
}

test("a status is told in a file every half minute, and not at all where work is short", () => {
  const { output, text } = written(false);
  for (let done = 0; done <= 65; done++) {
    output.status(`${done} of 65`);
    vi.advanceTimersByTime(1000);
  }
  output.status("");
  expect(text()).toBe("30 of 65\n60 of 65\n");
  output.status("0 of 2");
  vi.advanceTimersByTime(20_000);
  output.status("1 of 2");
  output.status("");
  vi.advanceTimersByTime(20_000);
  output.status("0 of 1");
  output.status("");
  expect(text()).toBe("");
});

test("a status takes the place of the one before on a terminal", () => {
  const { output, text } = written(true);
  output.status("1 of 2");
  output.status("2 of 2\x1b[31m");
  const shown = text().split("\r\x1b[K");
  expect(shown.slice(0, 2)).toEqual(["", "1 of 2"]);
  expect(shown[2]).toMatch(/^2 of 2/);
  expect(shown[2]).not.toContain("\x1b");
});
