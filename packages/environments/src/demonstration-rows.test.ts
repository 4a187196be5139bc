import { expect, test } from "vitest";
import { type DemonstrationRequest, type DemonstrationRow, demonstrationRows } from "./demonstration-rows.js";
import { tasksetNamed } from "./tasksets/index.js";

async function rowsOf(request: Partial<DemonstrationRequest>): Promise<DemonstrationRow[]> {
  const all: DemonstrationRow[] = [];
  for await (const row of demonstrationRows({
    tasksets: [tasksetNamed("sorting"), tasksetNamed("arithmetic")],
    ...{
      count: 40,
      levels: [0, 1],
      modes: ["thinking", "chat"],
      styles: ["terse", "stepwise"],
      split: "train",
      seed: 0,
    },
    ...request,
  }))
    all.push(row);
  return all;
}

test("rows are spread over tasksets, levels, modes and styles, and the same the next time", async () => {
  const rows = await rowsOf({});
  expect(rows).toHaveLength(40);
  expect(new Set(rows.map(({ taskset, level, mode }) => `${taskset} ${level} ${mode}`)).size).toBe(8);
  expect(new Set(rows.map(({ mode, style }) => `${mode} ${style}`)).size).toBe(3);
  expect(await rowsOf({})).toEqual(rows);
});

test("reasoning is there in thinking mode only, and the answer is last", async () => {
  for (const { messages, mode } of await rowsOf({})) {
    const last = messages.at(-1)!;
    expect(last.role).toBe("assistant");
    expect("reasoning_content" in last).toBe(mode === "thinking");
  }
});

test("no problem comes twice in one mode and style; what has no more problems ends", async () => {
  const exhausted: string[] = [];
  const rows = await rowsOf({
    ...{ tasksets: [tasksetNamed("countdown")], levels: [0], modes: ["chat"], count: 100_000, split: "heldout" },
    onExhausted: ({ taskset, level, rows }) => exhausted.push(`${taskset} ${level} ${rows}`),
  });
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  expect(exhausted).toEqual([`countdown 0 ${rows.length}`]);
});

test("a request that no taskset fits is refused with what there is", async () => {
  await expect(rowsOf({ levels: [50] })).rejects.toThrow(/levels 50.*sorting \(levels 0 to 5, thinking, chat\)/);
});

test("a demonstration that does not solve its task is refused", async () => {
  const sorting = tasksetNamed("sorting");
  const wrong = { ...sorting, demonstrate: () => [{ role: "assistant" as const, content: "no" }] };
  await expect(rowsOf({ tasksets: [wrong] })).rejects.toThrow(/sorting demonstrates .* wrongly \(failed\)/);
});
