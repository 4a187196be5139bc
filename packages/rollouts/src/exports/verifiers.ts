import type { ChatMessage, ToolDefinition } from "@cachalot/chat";
import {
  type ExportedSequence,
  type ExportRow,
  groupedBy,
  promptMessages,
  type RolloutExport,
  sequencesOf,
} from "./rollout-export.js";

/** A message of the graph, with the tokens it adds to those before it. */
interface Node {
  parent: number | null;
  message: ExportRow;
  sampled: boolean;
  token_ids: number[];
  mask: boolean[];
  /** Of sampled tokens only. */
  logprobs: number[];
  advantages: number[] | null;
}

/** A trace of verifiers (`verifiers.v1.WireTrace`), a row a rollout: a node a message; a context that was rewritten begins anew. */
export const verifiers: RolloutExport = {
  name: "verifiers",
  description: "verifiers v1 trace, a row a rollout",
  rows(step) {
    const byRollout = groupedBy(sequencesOf(step), ({ rollout }) => rollout.id);
    return [...byRollout.values()].map((sequences) => traceOf(sequences, step.model));
  },
};

function traceOf(sequences: ExportedSequence[], model: string | undefined): ExportRow {
  const { rollout } = sequences[0]!;
  const { key, ...task } = rollout.task;
  const parts = Object.entries(rollout.rewards).map(([name, score]) => [`reward/${name}`, score] as const);
  return {
    version: 1,
    id: rollout.id,
    task: { type: task.taskset, key, data: { ...task, prompt: promptMessages(rollout).map(wireMessage) } },
    agent: { config: {}, name: model ?? "policy" },
    tools: rollout.tools.map(wireTool),
    nodes: nodesOf(sequences),
    // Weights of the parts are the taskset's; their sum is what was earned.
    rewards: { reward: { score: rollout.reward, weight: 1 } },
    metrics: { num_turns: rollout.turns, tool_calls: rollout.toolCalls, ...Object.fromEntries(parts) },
    info: { group: rollout.group, sample: rollout.sample },
    ...{ is_completed: true, ok: true, stop_condition: rollout.outcome },
  };
}

function nodesOf(sequences: readonly ExportedSequence[]): Node[] {
  const answers = answersOf(sequences[0]!.rollout);
  const nodes: Node[] = [];
  let said = 0;
  for (const { sequence, logprobs, advantage } of sequences) {
    let parent: number | null = null;
    const add = (message: ChatMessage, sampled: boolean, from: number, to: number) => {
      const ids = [...sequence.ids.subarray(from, to)];
      nodes.push({
        ...{ parent, message: wireMessage(message), sampled, token_ids: ids, mask: ids.map(() => sampled) },
        logprobs: sampled ? logprobs.slice(from, to) : [],
        advantages: sampled ? ids.map(() => advantage) : null,
      });
      parent = nodes.length - 1;
    };
    for (let from = 0; from < sequence.ids.length; ) {
      const sampled = sequence.sampled[from] === 1;
      let to = from + 1;
      while (to < sequence.ids.length && (sequence.sampled[to] === 1) === sampled) to++;
      if (sampled) add(answers[said++]?.answer ?? { role: "assistant", content: "" }, true, from, to);
      else {
        const { all = [], added = [] } = answers[said] ?? {};
        const read = from === 0 ? all : added;
        // Which tokens are whose is not recorded: those of all messages that were read stand with the last.
        for (const message of read.slice(0, -1)) add(message, false, from, from);
        add(read.at(-1) ?? { role: "user", content: "" }, false, from, to);
      }
      from = to;
    }
  }
  return nodes;
}

/** The policy's answers: all messages before each, and those since the one before it. */
function answersOf(
  rollout: ExportedSequence["rollout"],
): { all: ChatMessage[]; added: ChatMessage[]; answer: ChatMessage }[] {
  const { messages } = rollout;
  let from = 0;
  return messages.flatMap((answer, at) => {
    if (answer.role !== "assistant" || at < promptMessages(rollout).length) return [];
    const added = messages.slice(from, at);
    from = at + 1;
    return [{ all: messages.slice(0, at), added, answer }];
  });
}

function wireMessage(message: ChatMessage): ExportRow {
  const content = message.content ?? "";
  switch (message.role) {
    case "assistant": {
      const calls = (message.tool_calls ?? []).map((call, i) => ({
        id: call.id ?? `call-${i}`,
        name: call.function.name,
        arguments: call.function.arguments,
      }));
      const { reasoning_content = null } = message;
      return { role: "assistant", content, reasoning_content, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
    }
    case "tool":
      return { role: "tool", tool_call_id: message.tool_call_id ?? "", content };
    case "developer":
      return { role: "system", content };
    default:
      return { role: message.role, content };
  }
}

function wireTool({ function: { name, description = "", parameters = {} } }: ToolDefinition): ExportRow {
  return { name, description, parameters };
}
