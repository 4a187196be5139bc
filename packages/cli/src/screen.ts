import type { AgentEvent } from "@cachalot/agent";
import type { Output } from "./terminal/output.js";
import { cyan, dim, green, type Text, yellow } from "./terminal/styled-text.js";

export interface Screen {
  show(event: AgentEvent): void;
  /** Ends the line that was begun. */
  end(): void;
}

/** Characters of a call's arguments that are shown. */
const ARGUMENT_CHARACTERS = 2000;

/** Shows a turn as it comes: thinking dimmed and apart from the answer, calls with their results. */
export function createScreen({ reasoning, answer }: { reasoning: Output; answer: Output }): Screen {
  let section: "none" | "reasoning" | "content" | "call" = "none";
  let output = reasoning;
  let argumentCharacters = 0;
  const end = () => {
    if (section === "call" && argumentCharacters > ARGUMENT_CHARACTERS)
      output.print(dim(`… ${argumentCharacters - ARGUMENT_CHARACTERS} more characters`));
    if (section !== "none") output.print("\n");
    section = "none";
  };
  const begin = (next: typeof section, to: Output, ...label: Text[]) => {
    end();
    section = next;
    output = to;
    to.print(...label);
  };
  return {
    end,
    show(event) {
      if (event.type === "reasoning") {
        if (section !== "reasoning") begin("reasoning", reasoning, dim("thinking  "));
        reasoning.print(dim(event.delta));
      } else if (event.type === "content") {
        const own = answer !== reasoning;
        if (section !== "content") begin("content", answer, own ? "" : green("answer    "));
        if (own) answer.data(event.delta);
        else answer.print(event.delta);
      } else if (event.type === "tool-call") {
        begin("call", reasoning, cyan("call      "), `${event.name} `);
        argumentCharacters = 0;
      } else if (event.type === "tool-call-arguments") {
        reasoning.print(event.delta.slice(0, Math.max(0, ARGUMENT_CHARACTERS - argumentCharacters)));
        argumentCharacters += event.delta.length;
      } else if (event.type === "tool-start") {
        end();
      } else if (event.type === "tool-result") {
        begin("none", reasoning, cyan("result    "), `${event.content}\n`);
      } else if (event.type === "finish" && event.reason === "length") {
        reasoning.print(yellow(" [cut off: the token limit was reached]"));
      }
    },
  };
}
