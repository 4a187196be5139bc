import { attachTools, encodeMessages, hoistDeveloperMessage, parseMessages, parseTools } from "@cachalot/chat";
import { loadTokenizer } from "@cachalot/model";
import { Command } from "commander";
import { embeddedModel, modelNamed } from "../options.js";
import { readJson } from "../read-input.js";
import { out } from "../terminal/output.js";

interface EncodeFlags {
  thinking: boolean;
  keepThinking?: true;
  tokens?: true;
  model?: string;
  json?: true;
}

export function encodeCommand(): Command {
  return new Command("encode")
    .summary("turn chat messages into the V3.2 prompt")
    .description(
      "Prints the exact prompt for messages in OpenAI's JSON: a list, or a request body with messages and tools.",
    )
    .argument("<messages>", "JSON file; - reads standard input")
    .option("--no-thinking", "the template of chat mode")
    .option("--keep-thinking", "keep the reasoning of earlier turns")
    .option("--tokens", "print token ids instead of text")
    .option("-m, --model <dir>", "checkpoint directory with the tokenizer (default: the embedded model)", modelNamed)
    .option("--json", "print prompt and token ids as JSON")
    .addHelpText("after", `\nExample:\n  echo '[{"role":"user","content":"Hello"}]' | cachalot encode -`)
    .action(async (path: string, flags: EncodeFlags) => {
      const json = await readJson(path);
      const body = Array.isArray(json) ? { messages: json } : ((json ?? {}) as Record<string, unknown>);
      const tools = "tools" in body && body.tools != null ? parseTools(body.tools) : undefined;
      const messages = attachTools(hoistDeveloperMessage(parseMessages(body.messages)), { tools });
      const prompt = encodeMessages(messages, {
        thinkingMode: flags.thinking ? "thinking" : "chat",
        dropThinking: !flags.keepThinking,
      });
      if (!flags.tokens && !flags.json) {
        out.data(`${prompt}\n`);
        return;
      }
      const tokens = (await loadTokenizer(flags.model ?? embeddedModel())).encode(prompt);
      if (flags.json) out.json({ prompt, tokens });
      else out.data(`${tokens.join(" ")}\n`);
    });
}
