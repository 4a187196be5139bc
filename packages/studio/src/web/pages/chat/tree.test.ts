import { expect, test } from "vitest";
import type { Conversation, MessageNode } from "../../../wire/conversation.js";
import { merged, newestLeaf, pathTo, siblingsOf } from "./tree.js";

const node = (id: string, parent: string | null, more: Partial<MessageNode> = {}): MessageNode => ({
  id,
  parent,
  message: { role: "user", content: id },
  ...more,
});

const tree = { messages: [node("a", null), node("b", "a"), node("c", "b"), node("b2", "a"), node("d", "b2")] };
const ids = (path: MessageNode[]) => path.map(({ id }) => id);

test("a branch is the way from the first message; siblings are edits; a branch is entered at its newest end", () => {
  expect(ids(pathTo(tree, "c"))).toEqual(["a", "b", "c"]);
  expect(ids(pathTo(tree, "d"))).toEqual(["a", "b2", "d"]);
  expect(pathTo(tree, null)).toEqual([]);
  expect(siblingsOf(tree, pathTo(tree, "d")).get("b2")).toEqual(["b", "b2"]);
  expect(newestLeaf(tree, "b")).toBe("c");
  expect(newestLeaf(tree, "a")).toBe("d");
});

test("a tree that turns on itself still has an end", () => {
  const broken = { messages: [node("a", "b"), node("b", "a")] };
  expect(ids(pathTo(broken, "a"))).toEqual(["b", "a"]);
  expect(newestLeaf(broken, "a")).toMatch(/[ab]/);
});

test("what two pages wrote is all kept, and a whole answer wins over its beginning", () => {
  const base: Omit<Conversation, "messages"> = {
    id: "one1",
    title: "t",
    createdAt: 1,
    updatedAt: 1,
    settings: { system: "", tools: "", serverTools: [], thinking: true },
    current: "a",
  };
  const ours = {
    ...base,
    messages: [node("a", null), node("b", "a", { making: { state: "running" } }), node("e", "b")],
  };
  const whole = node("b", "a", { making: { state: "done" } });
  const theirs = { ...base, updatedAt: 2, messages: [node("a", null), whole, node("f", "b")] };
  const both = merged(ours, theirs);
  expect(both.messages.map(({ id }) => id).sort()).toEqual(["a", "b", "e", "f"]);
  expect(both.messages.find(({ id }) => id === "b")).toBe(whole);
  expect(both.updatedAt).toBe(2);
});
