/** Asking: answers are begun, listened to, stopped and begun again, and calls of tools decided. */
import { signal } from "@preact/signals";
import type { Making, MessageNode, ToolResult } from "../../../wire/conversation.js";
import type { GenerationEvent } from "../../../wire/generation.js";
import { getJson, listen, RequestError, request } from "../../api.js";
import { serverIsAway } from "../../shell/server-state.js";
import type { Chat } from "./chat.js";
import { chatRequest, type ToolDefinition, titleOf } from "./chat-request.js";
import { LiveAnswer } from "./live.js";
import { newId, pathTo } from "./tree.js";

/** Tools the server runs; none while it did not say. */
export const serverTools = signal<readonly ToolDefinition[]>([]);

let loading: Promise<void> | undefined;

/** Asks for them until there is an answer, and then no more. */
export function loadServerTools(): Promise<void> {
  loading ??= getJson<{ tools: ToolDefinition[] }>("tools").then(
    ({ tools }) => {
      serverTools.value = tools;
    },
    () => {
      loading = undefined;
    },
  );
  return loading;
}

const live = new Map<string, LiveAnswer>();

/** The answer a message gets at this moment. */
export const liveOf = (id: string) => live.get(id)?.shown;

const DENIED = "Error: the call was denied by the user";

/** A question, and its answer. */
export function send(chat: Chat, text: string): void {
  settleCalls(chat);
  const parent = chat.conversation.value.current;
  ask(chat, parent, text);
}

/** The question in other words, as a branch beside it. */
export function edit(chat: Chat, { parent }: MessageNode, text: string): void {
  ask(chat, parent, text);
}

function ask(chat: Chat, parent: string | null, text: string): void {
  const node: MessageNode = { id: newId("m"), parent, message: { role: "user", content: text } };
  chat.change((conversation) => ({
    ...conversation,
    title: conversation.title || titleOf(text),
    messages: [...conversation.messages, node],
    current: node.id,
  }));
  void answer(chat, node.id);
}

/** Another answer in the place of one. */
export function again(chat: Chat, node: MessageNode): void {
  const { state } = node.making ?? {};
  const isEmpty = !node.message.content && !node.message.reasoning_content && !node.message.tool_calls;
  if (isEmpty && state !== "running")
    chat.change((conversation) => ({
      ...conversation,
      messages: conversation.messages.filter(({ id }) => id !== node.id),
      current: node.parent,
    }));
  void answer(chat, node.parent);
}

/** Calls nobody decided when the conversation goes on are denied: the format wants a result for each. */
function settleCalls(chat: Chat): void {
  const node = chat.node(chat.conversation.value.current ?? "");
  const calls = node?.message.tool_calls ?? [];
  for (const [i] of calls.entries())
    if (!node!.results?.[i]) decide(chat, node!, i, { content: DENIED, isError: true, by: "denied" }, false);
}

export function deny(chat: Chat, node: MessageNode, index: number): void {
  decide(chat, node, index, { content: DENIED, isError: true, by: "denied" });
}

/** @throws RequestError */
export async function runCall(chat: Chat, node: MessageNode, index: number): Promise<void> {
  const { name, arguments: text } = node.message.tool_calls![index]!.function;
  const response = await request(`tools/${encodeURIComponent(name)}`, { method: "POST", body: { arguments: text } });
  const { content, isError } = (await response.json()) as { content: string; isError: boolean };
  decide(chat, node, index, { content, by: "server", ...(isError ? { isError } : {}) });
}

/** A call has its result; behind the last one the model goes on. */
export function decide(chat: Chat, { id }: MessageNode, index: number, result: ToolResult, goOn = true): void {
  chat.changeNode(id, (node) => ({ ...node, results: { ...node.results, [index]: result } }));
  const node = chat.node(id)!;
  const calls = node.message.tool_calls ?? [];
  if (calls.some((_, i) => !node.results?.[i]) || chat.conversation.value.current !== id) return;
  const results = calls.map(
    (call, i): MessageNode => ({
      id: newId("m"),
      parent: null,
      message: { role: "tool", content: node.results![i]!.content, ...(call.id ? { tool_call_id: call.id } : {}) },
    }),
  );
  const chain = results.map((result, i) => ({ ...result, parent: results[i - 1]?.id ?? id }));
  chat.change((conversation) => ({
    ...conversation,
    messages: [...conversation.messages, ...chain],
    current: chain.at(-1)!.id,
  }));
  if (goOn) void answer(chat, chain.at(-1)!.id);
}

/** Begins an answer below a message. */
async function answer(chat: Chat, parent: string | null): Promise<void> {
  const startedAt = Date.now();
  const node: MessageNode = {
    id: newId("m"),
    parent,
    message: { role: "assistant", content: "" },
    making: { state: "running", startedAt },
  };
  live.set(node.id, new LiveAnswer(startedAt));
  chat.change((conversation) => ({
    ...conversation,
    messages: [...conversation.messages, node],
    current: node.id,
  }));
  try {
    const { conversation } = chat;
    await loadServerTools();
    const body = chatRequest(pathTo(conversation.value, parent), conversation.value.settings, serverTools.value);
    const response = await request("generations", { method: "POST", body });
    serverIsAway.value = false;
    const { id, model } = (await response.json()) as { id: string; model: string };
    chat.changeNode(node.id, (now) => ({ ...now, making: { ...now.making!, generation: id, model } }));
    follow(chat, node.id, id);
  } catch (error) {
    const isAway = error instanceof RequestError && error.status === 0;
    if (isAway) serverIsAway.value = true;
    const problem = error instanceof Error ? error.message : String(error);
    end(chat, node.id, isAway ? { state: "unsent" } : { state: "failed", problem });
  }
}

/** Listens to an answer from its beginning; events that were missed come again. */
function follow(chat: Chat, id: string, generation: string): void {
  const answering = live.get(id)!;
  let making: Partial<Making> & { state: Making["state"] } = { state: "lost" };
  const stop = listen<GenerationEvent>(`generations/${generation}/events`, {
    onEvent(event) {
      serverIsAway.value = false;
      answering.add(event);
      if (event.type === "usage") making = { ...making, usage: event.usage };
      if (event.type === "error") making = { ...making, state: "failed", problem: event.message };
      if (event.type === "finish") {
        const { reason, seconds, reasoningSeconds } = event;
        making = {
          ...making,
          state: reason === "aborted" ? "stopped" : "done",
          finish: reason,
          seconds,
          reasoningSeconds,
        };
      }
    },
    onEnd: () => end(chat, id, making),
    onTrouble(gone) {
      answering.cut();
      if (!gone) {
        if (!serverIsAway.value && !answering.isEmpty)
          chat.changeNode(id, (node) => ({ ...node, message: answering.message() }));
        serverIsAway.value = true;
        return;
      }
      stop();
      end(chat, id, making);
    },
  });
}

/** What came of an answer becomes the message. Calls that were cut are no calls. */
function end(chat: Chat, id: string, made: Partial<Making> & { state: Making["state"] }): void {
  const answering = live.get(id);
  const isWhole = made.finish === "tool_calls";
  chat.changeNode(id, ({ making, ...node }) => {
    const { generation: _, ...known } = making ?? { state: "lost" };
    const { tool_calls, ...rest } = !answering || answering.isEmpty ? node.message : answering.message();
    return {
      ...node,
      message: { ...rest, ...(isWhole && tool_calls ? { tool_calls } : {}) },
      making: { ...known, ...made },
    };
  });
  live.delete(id);
  void chat.save();
}

/** Takes up answers that were running when the page was left. */
export function resume(chat: Chat): void {
  for (const { id, making } of chat.conversation.value.messages) {
    if (making?.state !== "running" || live.has(id)) continue;
    live.set(id, new LiveAnswer(making.startedAt ?? Date.now()));
    if (making.generation === undefined) keepText(chat, id);
    else {
      const { generation } = making;
      follow(chat, id, generation);
    }
  }
}

/** Nobody makes it any more. */
function keepText(chat: Chat, id: string): void {
  live.delete(id);
  chat.changeNode(id, (node) => ({ ...node, making: { ...node.making!, state: "lost" } }));
}

export function stop(chat: Chat): void {
  for (const { making } of chat.conversation.value.messages)
    if (making?.state === "running" && making.generation !== undefined)
      void request(`generations/${making.generation}`, { method: "DELETE" }).catch(() => undefined);
}

export const isAnswering = (chat: Chat): boolean =>
  chat.conversation.value.messages.some(({ making }) => making?.state === "running");
