import { type CompletionEvent, collectMessage, type SamplingOptions } from "@cachalot/chat";
import type { LocalEngine } from "@cachalot/engine";
import { Command } from "commander";
import { addEngineOptions, addSamplingOptions, type EngineFlags, engineFrom, samplingFrom } from "../options.js";
import { readText } from "../read-input.js";
import { createScreen } from "../screen.js";
import { err, out } from "../terminal/output.js";

interface GenerateFlags extends EngineFlags, SamplingOptions {
  raw?: true;
  thinking: boolean;
  system?: string;
  json?: true;
}

export function generateCommand(): Command {
  const command = new Command("generate")
    .summary("answer one question, or continue a text")
    .description(
      "Answers one user message in the V3.2 template: thinking goes to standard error, the answer to standard output. " +
        "With --raw the text is continued as it is.",
    )
    .argument("<prompt>", "the question or text; - reads standard input");
  return addSamplingOptions(addEngineOptions(command))
    .option("--raw", "no template: continue the text itself")
    .option("--no-thinking", "answer at once")
    .option("--system <text>", "system message")
    .option("--json", "print answer, reasoning and usage as JSON")
    .addHelpText(
      "after",
      '\nExamples:\n  cachalot generate "What is 12 * 7?" --no-thinking\n  cachalot generate "A whale is" --raw --max-tokens 60 --seed 1',
    )
    .action(async (prompt: string, flags: GenerateFlags) => {
      const text = prompt === "-" ? await readText("-") : prompt;
      const engine = await engineFrom(flags);
      try {
        await (flags.raw ? continueText(engine, text, flags) : answer(engine, text, flags));
      } finally {
        await engine.close();
      }
    });
}

async function answer(engine: LocalEngine, text: string, flags: GenerateFlags): Promise<void> {
  const screen = createScreen({ reasoning: err, answer: out });
  const events = engine.generate({
    ...samplingFrom(flags),
    messages: [
      ...(flags.system ? [{ role: "system" as const, content: flags.system }] : []),
      { role: "user", content: text },
    ],
    thinkingMode: flags.thinking ? "thinking" : "chat",
  });
  if (flags.json) {
    const { message, usage, finishReason } = await collectMessage(events);
    out.json({ ...message, usage, finish_reason: finishReason });
    return;
  }
  for await (const event of events) screen.show(event);
  screen.end();
}

async function continueText(engine: LocalEngine, prompt: string, flags: GenerateFlags): Promise<void> {
  let text = "";
  const rest: Record<string, CompletionEvent> = {};
  for await (const event of engine.complete({ prompt, ...samplingFrom(flags) })) {
    if (event.type !== "text") rest[event.type] = event;
    else if (flags.json) text += event.delta;
    else out.data(event.delta);
  }
  const { usage, finish } = rest;
  if (!flags.json) out.data("\n");
  else
    out.json({
      text,
      usage: usage?.type === "usage" ? usage.usage : undefined,
      finish_reason: finish?.type === "finish" ? finish.reason : undefined,
    });
}
