/** A conversation with a policy in token space: prompts only grow by ids, and fork where the template rewrites them. */

import {
  type AssistantMessage,
  type ChatMessage,
  chatContinuation,
  chatPrompt,
  type GenerateRequest,
  type RecordOptions,
  type RolloutSequence,
  THINK_END,
} from "@cachalot/chat";
import type { Task } from "../task.js";
import { type RolloutPolicy, type Sampling, sampleAnswer } from "./policy.js";
import { readAnswer, unreadAnswer } from "./read-answer.js";
import { mixSeed } from "./seed.js";
import { TokenSequence } from "./token-sequence.js";

export interface ConversationOptions {
  policy: RolloutPolicy;
  task: Pick<Task, "messages" | "tools" | "mode" | "budget">;
  sampling: Sampling & { seed: number };
  record: RecordOptions;
  signal?: AbortSignal | undefined;
}

/** An answer, or why there is none: out of tokens or context, or not in the format. */
export type Answer = { message: AssistantMessage } | { problem: "overlong" | "unparsed" };

export class Conversation {
  /** As people read it; whoever goes on with it adds the results and the user's turns. */
  readonly messages: ChatMessage[];
  /** Tokens sampled, and those of them that were reasoning. */
  readonly tokens = { sampled: 0, reasoning: 0 };
  turns = 0;
  readonly #sequences: TokenSequence[] = [];
  /** Messages up to the last answer. */
  #read = 0;
  readonly #thinkEnd: number | undefined;

  constructor(private readonly options: ConversationOptions) {
    this.messages = [...options.task.messages];
    const end = options.policy.tokenizer.encode(THINK_END);
    this.#thinkEnd = options.task.mode === "thinking" && end.length === 1 ? end[0] : undefined;
  }

  /** What was read and sampled so far. */
  get sequences(): RolloutSequence[] {
    return this.#sequences.map(({ result }) => result);
  }

  /**
   * Lets the policy answer the messages there are, and adds what it says to them.
   * @throws ChatError for messages the template cannot hold; EnvironmentError and others as `sampleAnswer`
   */
  async answer(): Promise<Answer> {
    const { policy, task, sampling, record, signal } = this.options;
    const { prompt, sequence, isNew } = this.#next();
    const maxTokens = Math.min(task.budget.tokens - this.tokens.sampled, policy.model.contextLength - prompt.length);
    if (maxTokens <= 0) return { problem: "overlong" };
    const seed = mixSeed(sampling.seed, this.turns);
    const { generated, finish } = await sampleAnswer(policy, {
      ...{ prompt, maxTokens, record, signal, seed },
      ...{ temperature: sampling.temperature, topP: sampling.topP, topK: sampling.topK },
    });
    sequence.append(generated);
    if (isNew) this.#sequences.push(sequence);
    this.turns++;
    this.#count(generated.ids);
    // An end token is no text.
    const text = policy.tokenizer.decode(finish === "stop" ? generated.ids.slice(0, -1) : generated.ids);
    const message = finish === "stop" ? readAnswer(text, task.mode, this.turns) : undefined;
    this.messages.push(message ?? unreadAnswer(text, task.mode));
    this.#read = this.messages.length;
    return message ? { message } : { problem: finish === "stop" ? "unparsed" : "overlong" };
  }

  /** The ids of the next prompt: those of the last sequence and what is added to them, or a sequence of its own. */
  #next(): { prompt: readonly number[]; sequence: TokenSequence; isNew: boolean } {
    const { tokenizer } = this.options.policy;
    const { tools, mode } = this.options.task;
    const request: GenerateRequest = { messages: this.messages, tools, thinkingMode: mode };
    const last = this.#sequences.at(-1);
    const added = last && chatContinuation(request, this.#read);
    if (last && added !== undefined) {
      return { prompt: [...last.ids, ...tokenizer.encode(added)], sequence: last, isNew: false };
    }
    const prompt = tokenizer.encode(chatPrompt(request));
    return { prompt, sequence: new TokenSequence(this.#forkOf(prompt)), isNew: true };
  }

  /** The sequence that shares most with a prompt. */
  #forkOf(prompt: readonly number[]): RolloutSequence["fork"] {
    let fork: RolloutSequence["fork"];
    for (const [sequence, { ids }] of this.#sequences.entries()) {
      const differing = prompt.findIndex((id, i) => ids[i] !== id);
      const at = differing === -1 ? prompt.length : differing;
      if (!fork || at > fork.at) fork = { sequence, at };
    }
    return fork;
  }

  #count(ids: readonly number[]): void {
    this.tokens.sampled += ids.length;
    if (this.#thinkEnd === undefined) return;
    const end = ids.indexOf(this.#thinkEnd);
    this.tokens.reasoning += end === -1 ? ids.length : end;
  }
}
