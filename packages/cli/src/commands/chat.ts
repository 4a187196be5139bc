import { createInterface } from "node:readline/promises";
import type { ChatMessage, SamplingOptions, ThinkingMode } from "@cachalot/chat";
import { Command } from "commander";
import pc from "picocolors";
import { addEngineOptions, addSamplingOptions, type EngineFlags, engineFrom, samplingFrom } from "../options.js";
import { createScreen } from "../screen.js";

interface ChatFlags extends EngineFlags, SamplingOptions {
  thinking: boolean;
  tools: boolean;
  system?: string;
}

const HELP = `/thinking on|off   think before answering, or answer at once
/clear             begin a new conversation
/exit              leave (Ctrl+D does too)
`;

export function chatCommand(): Command {
  const command = new Command("chat")
    .summary("talk to a model in the terminal")
    .description("A conversation with a calculator at hand. Thinking is shown dimmed, apart from the answer.");
  return addSamplingOptions(addEngineOptions(command))
    .option("--no-thinking", "answer at once")
    .option("--no-tools", "no calculator")
    .option("--system <text>", "system message")
    .addHelpText("after", '\nExamples:\n  cachalot chat\n  echo "What is 17% of 3400?" | cachalot chat --temperature 0')
    .action(async (flags: ChatFlags) => {
      const { calculatorTool, runAgent } = await import("@cachalot/agent");
      const engine = await engineFrom(flags);
      const tools = flags.tools ? [calculatorTool] : [];
      let thinkingMode: ThinkingMode = flags.thinking ? "thinking" : "chat";
      const opening = (): ChatMessage[] => (flags.system ? [{ role: "system", content: flags.system }] : []);
      let messages = opening();
      const screen = createScreen({ reasoning: process.stdout, answer: process.stdout });
      const turn = async (content: string): Promise<void> => {
        messages.push({ role: "user", content });
        const abort = new AbortController();
        const interrupt = () => abort.abort();
        process.on("SIGINT", interrupt);
        try {
          const options = { ...samplingFrom(flags), messages, tools, thinkingMode, signal: abort.signal };
          for await (const event of runAgent(engine, options)) screen.show(event);
        } catch (error) {
          process.stdout.write(`${pc.red("error:")} ${error instanceof Error ? error.message : String(error)}\n`);
        } finally {
          process.off("SIGINT", interrupt);
          screen.end();
        }
      };
      const command = (line: string): boolean => {
        if (line === "/exit" || line === "/quit") return false;
        if (line === "/clear") messages = opening();
        else if (line === "/thinking on") thinkingMode = "thinking";
        else if (line === "/thinking off") thinkingMode = "chat";
        else process.stdout.write(HELP);
        return true;
      };
      const { isTTY } = process.stdin;
      if (isTTY) process.stdout.write(`${pc.bold(engine.id)} · /help shows the commands\n`);
      const input = createInterface({ input: process.stdin, output: isTTY ? process.stdout : undefined, prompt: "> " });
      if (isTTY) input.prompt();
      for await (const raw of input) {
        const line = raw.trim();
        if (!isTTY && line !== "") process.stdout.write(`> ${line}\n`);
        if (line.startsWith("/") ? !command(line) : line !== "" && (await turn(line).then(() => false))) break;
        if (isTTY) input.prompt();
      }
      input.close();
      await engine.close();
    });
}
