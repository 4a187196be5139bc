import { createInterface, type Interface } from "node:readline";
import type { Tool } from "@cachalot/agent";
import type { ChatMessage, ChatModel, SamplingOptions, ThinkingMode } from "@cachalot/chat";
import { Command } from "commander";
import { addEngineOptions, addSamplingOptions, type EngineFlags, engineFrom, samplingFrom } from "../options.js";
import { createScreen } from "../screen.js";
import { out } from "../terminal/output.js";
import { bold, dim, red, text } from "../terminal/styled-text.js";

interface ChatFlags extends EngineFlags, SamplingOptions {
  thinking: boolean;
  tools: boolean;
  system?: string;
}

const HELP = `/thinking on|off   think before answering, or answer at once
/clear             begin a new conversation
/exit              leave (Ctrl+D does too, and Ctrl+C at an empty prompt)
Ctrl+C             stop the answer; the conversation goes on
`;

export function chatCommand(): Command {
  const command = new Command("chat")
    .summary("talk to a model in the terminal")
    .description(
      "A conversation with a calculator at hand. Thinking is shown dimmed, apart from the answer. Ctrl+C stops an answer.",
    );
  return addSamplingOptions(addEngineOptions(command))
    .option("--no-thinking", "answer at once")
    .option("--no-tools", "no calculator")
    .option("--system <text>", "system message")
    .addHelpText("after", '\nExamples:\n  cachalot chat\n  echo "What is 17% of 3400?" | cachalot chat --temperature 0')
    .action(async (flags: ChatFlags) => {
      const { calculatorTool } = await import("@cachalot/agent");
      const engine = await engineFrom(flags);
      const conversation = new Conversation(engine, flags, flags.tools && !engine.thinkingOnly ? [calculatorTool] : []);
      await (process.stdin.isTTY ? talk(conversation, engine.id) : answerLines(conversation));
      await engine.close();
    });
}

class Conversation {
  #messages: ChatMessage[];
  #thinkingMode: ThinkingMode;
  /** While an answer comes. */
  #turn: AbortController | undefined;

  constructor(
    private readonly model: ChatModel,
    private readonly flags: ChatFlags,
    private readonly tools: Tool[],
  ) {
    this.#thinkingMode = flags.thinking ? "thinking" : "chat";
    this.#messages = this.#opening();
  }

  /** Stops the answer that comes. What there is of it stays in the conversation. @returns whether there was one */
  stop(): boolean {
    this.#turn?.abort();
    return this.#turn !== undefined;
  }

  /** @returns whether the conversation goes on */
  async take(line: string): Promise<boolean> {
    if (line === "/exit" || line === "/quit") return false;
    if (line === "/clear") this.#messages = this.#opening();
    else if (line === "/thinking on") this.#thinkingMode = "thinking";
    else if (line === "/thinking off") this.#thinkingMode = "chat";
    else if (line.startsWith("/")) out.print(HELP);
    else if (line !== "") await this.#answer(line);
    return true;
  }

  #opening(): ChatMessage[] {
    const { system } = this.flags;
    return system ? [{ role: "system", content: system }] : [];
  }

  async #answer(content: string): Promise<void> {
    const { runAgent } = await import("@cachalot/agent");
    const messages = this.#messages;
    messages.push({ role: "user", content });
    const screen = createScreen({ reasoning: out, answer: out });
    this.#turn = new AbortController();
    const { signal } = this.#turn;
    try {
      const options = { ...samplingFrom(this.flags), messages, tools: this.tools, signal };
      for await (const event of runAgent(this.model, { ...options, thinkingMode: this.#thinkingMode }))
        screen.show(event);
    } catch (error) {
      screen.end();
      out.print(text`${red("error:")} ${error instanceof Error ? error.message : String(error)}\n`);
    } finally {
      this.#turn = undefined;
      screen.end();
      if (signal.aborted) out.print(dim("[stopped]\n"));
    }
  }
}

/** One answer for each line of standard input. */
async function answerLines(conversation: Conversation): Promise<void> {
  for await (const raw of createInterface({ input: process.stdin })) {
    const line = raw.trim();
    if (line !== "") out.print(`> ${line}\n`);
    if (!(await conversation.take(line))) break;
  }
}

/** At a terminal, which readline owns: Ctrl+C comes from it, not as a signal. */
async function talk(conversation: Conversation, model: string): Promise<void> {
  out.print(text`${bold(model)} · /help shows the commands\n`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: "> " });
  terminal.on("SIGINT", () => {
    if (conversation.stop()) return;
    if (terminal.line === "") terminal.close();
    else clearLine(terminal);
  });
  // Lines typed while an answer comes wait their turn.
  let turns = Promise.resolve();
  let open = true;
  const closed = new Promise<void>((resolve) => terminal.once("close", resolve));
  terminal.on("line", (raw) => {
    turns = turns.then(async () => {
      if (open && !(await conversation.take(raw.trim()))) terminal.close();
      if (open) terminal.prompt();
    });
  });
  // Ctrl+D, or a terminal that is gone, does not wait for an answer.
  terminal.once("close", () => {
    open = false;
    conversation.stop();
  });
  terminal.prompt();
  await closed;
  await turns;
  out.print("\n");
}

/** Ctrl+C at a prompt with text: the text goes, as in a shell. */
function clearLine(terminal: Interface): void {
  out.print("^C\n");
  terminal.write(null, { ctrl: true, name: "e" });
  terminal.write(null, { ctrl: true, name: "u" });
  terminal.prompt();
}
