/** A streamed answer: its events are gathered, and shown once a frame. */
import { type Signal, signal } from "@preact/signals";
import type { MessageNode } from "../../../wire/conversation.js";
import type { GenerationEvent } from "../../../wire/generation.js";
import { type Block, BlockSplitter } from "./blocks.js";

interface LiveCall {
  id: string;
  name: string;
  arguments: string;
}

/** What of an answer is there. */
export interface Live {
  reasoning: string;
  content: string;
  /** Finished blocks of the content; the list grows and is the same from frame to frame. */
  done: readonly Block[];
  open: Block;
  calls: readonly LiveCall[];
  /** About as many tokens were thought. */
  thought: number;
  startedAt: number;
  /** The connection broke, and is tried again. */
  isCut: boolean;
}

export class LiveAnswer {
  readonly shown: Signal<Live>;
  private reasoning = "";
  private content = "";
  private thought = 0;
  private readonly splitter = new BlockSplitter();
  private readonly calls: LiveCall[] = [];
  private isCut = false;
  private frame: number | undefined;

  constructor(private readonly startedAt: number) {
    this.shown = signal(this.state());
  }

  add(event: GenerationEvent): void {
    if (event.type === "reasoning") {
      this.reasoning += event.delta;
      this.thought++;
    } else if (event.type === "content") {
      this.content += event.delta;
      this.splitter.push(event.delta);
    } else if (event.type === "tool-call") this.calls[event.index] = { id: event.id, name: event.name, arguments: "" };
    else if (event.type === "tool-call-arguments") this.calls[event.index]!.arguments += event.delta;
    this.isCut = false;
    this.showSoon();
  }

  cut(): void {
    this.isCut = true;
    this.showSoon();
  }

  get isEmpty(): boolean {
    return this.reasoning === "" && this.content === "" && this.calls.length === 0;
  }

  message(): MessageNode["message"] {
    return {
      role: "assistant",
      content: this.content,
      ...(this.reasoning === "" ? {} : { reasoning_content: this.reasoning }),
      ...(this.calls.length === 0
        ? {}
        : {
            tool_calls: this.calls.map(({ id, name, arguments: text }) => ({
              id,
              type: "function" as const,
              function: { name, arguments: text },
            })),
          }),
    };
  }

  private state(): Live {
    const { reasoning, content, thought, startedAt, isCut } = this;
    const { done, open } = this.splitter;
    return {
      reasoning,
      content,
      done,
      open,
      calls: this.calls.map((call) => ({ ...call })),
      thought,
      startedAt,
      isCut,
    };
  }

  private showSoon(): void {
    if (this.frame !== undefined) return;
    const show = () => {
      this.frame = undefined;
      this.shown.value = this.state();
    };
    // A hidden page has no frames.
    this.frame = document.hidden ? (setTimeout(show, 250) as unknown as number) : requestAnimationFrame(show);
  }
}
