import type { AgentEvent } from "@cachalot/agent";
import pc from "picocolors";

export interface Screen {
  show(event: AgentEvent): void;
  /** Ends the line that was begun. */
  end(): void;
}

/** Shows a turn as it comes: thinking dimmed and apart from the answer, calls with their results. */
export function createScreen(streams: { reasoning: NodeJS.WriteStream; answer: NodeJS.WriteStream }): Screen {
  let section: "none" | "reasoning" | "content" | "call" = "none";
  let stream: NodeJS.WriteStream | undefined;
  const begin = (next: typeof section, to: NodeJS.WriteStream, label: string) => {
    if (section === next) return;
    if (section !== "none") stream?.write("\n");
    section = next;
    stream = to;
    to.write(label);
  };
  return {
    show(event) {
      const { reasoning, answer } = streams;
      if (event.type === "reasoning") {
        begin("reasoning", reasoning, pc.dim("thinking  "));
        reasoning.write(pc.dim(event.delta));
      } else if (event.type === "content") {
        begin("content", answer, answer === reasoning ? pc.green("answer    ") : "");
        answer.write(event.delta);
      } else if (event.type === "tool-call") {
        section = section === "call" ? "none" : section;
        begin("call", reasoning, `${pc.cyan("call      ")}${event.name} `);
      } else if (event.type === "tool-call-arguments") {
        reasoning.write(event.delta);
      } else if (event.type === "tool-result") {
        begin("none", reasoning, "");
        reasoning.write(`${pc.cyan("result    ")}${event.content}\n`);
      } else if (event.type === "finish" && event.reason === "length") {
        reasoning.write(pc.yellow(" [cut off: the token limit was reached]"));
      }
    },
    end() {
      if (section !== "none") stream?.write("\n");
      section = "none";
    },
  };
}
