import type { ChatMessage } from "@cachalot/chat";
import {
  type ExportedSequence,
  type ExportRow,
  groupedBy,
  promptMessages,
  type RolloutExport,
  sequencesOf,
} from "./rollout-export.js";

interface Node {
  parent: number | null;
  message: ChatMessage | ChatMessage[];
  sampled: boolean;
  token_ids: number[];
  mask: boolean[];
  /** Of sampled tokens only. */
  logprobs: number[];
  advantages: number[];
}

/** A trace of verifiers (v1), a row a rollout: a node for each answer, and one for what was read before it. */
export const verifiers: RolloutExport = {
  name: "verifiers",
  description: "verifiers trace, a row a rollout",
  rows(step) {
    const byRollout = groupedBy(sequencesOf(step), ({ rollout }) => rollout.id);
    return [...byRollout.values()].map(traceOf);
  },
};

function traceOf(sequences: ExportedSequence[]): ExportRow {
  const { rollout } = sequences[0]!;
  const turns = readAndSaid(rollout);
  const nodes: Node[] = [];
  for (const { sequence, logprobs, advantage } of sequences) {
    let parent: number | null = null;
    for (let from = 0; from < sequence.ids.length; ) {
      const sampled = sequence.sampled[from] === 1;
      let to = from + 1;
      while (to < sequence.ids.length && (sequence.sampled[to] === 1) === sampled) to++;
      const ids = [...sequence.ids.subarray(from, to)];
      nodes.push({
        ...{ parent, message: turns.shift() ?? [], sampled, token_ids: ids, mask: ids.map(() => sampled) },
        logprobs: sampled ? logprobs.slice(from, to) : [],
        advantages: sampled ? ids.map(() => advantage) : [],
      });
      parent = nodes.length - 1;
      from = to;
    }
  }
  return {
    id: rollout.id,
    task: { ...rollout.task, messages: promptMessages(rollout) },
    nodes,
    reward: rollout.reward,
    rewards: rollout.rewards,
    metrics: { num_turns: rollout.turns, tool_calls: rollout.toolCalls },
    stop_condition: rollout.outcome,
  };
}

/** What was read and what was said, in turn: all messages up to an answer, the answer, the messages up to the next. */
function readAndSaid(rollout: ExportedSequence["rollout"]): (ChatMessage | ChatMessage[])[] {
  let read: ChatMessage[] = [...promptMessages(rollout)];
  const turns: (ChatMessage | ChatMessage[])[] = [];
  for (const message of rollout.messages.slice(read.length)) {
    if (message.role !== "assistant") read.push(message);
    else {
      turns.push(read, message);
      read = [];
    }
  }
  return turns;
}
