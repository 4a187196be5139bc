import { Command, Option } from "commander";
import pc from "picocolors";
import { addEngineOptions, type EngineFlags, engineFrom, wholeNumber } from "../options.js";

interface ServeFlags extends EngineFlags {
  host: string;
  port: number;
  apiKey?: string;
  allowHost?: string[];
  thinking: boolean;
  maxSequences: number;
  maxQueue: number;
  cacheMemory: number;
  json?: true;
}

export function serveCommand(): Command {
  const command = new Command("serve")
    .summary("serve a model over an OpenAI-compatible API")
    .description("Serves /v1/chat/completions, /v1/completions, /v1/models, /health and /metrics.");
  return addEngineOptions(command)
    .option("--host <address>", "listen here; other than loopback, set --api-key too", "127.0.0.1")
    .option("--port <number>", "0 takes a free one", wholeNumber(0), 8000)
    .addOption(new Option("--api-key <key>", "require it as a bearer token").env("CACHALOT_API_KEY"))
    .option("--allow-host <name...>", "host names to answer besides loopback ones")
    .option("--no-thinking", "answer without thinking where a request does not say")
    .option("--max-sequences <count>", "answers generated at once", wholeNumber(1), 8)
    .option("--max-queue <count>", "requests that may wait beyond those", wholeNumber(0), 32)
    .option("--cache-memory <MiB>", "for what sequences keep of their tokens", wholeNumber(1), 1024)
    .option("--json", "print the address as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot serve\n  cachalot serve --model runs/embedded/models/sparse --port 8080 --no-thinking",
    )
    .action(async (flags: ServeFlags) => {
      const { createServer } = await import("@cachalot/server");
      const engine = await engineFrom(flags, {
        maxSequences: flags.maxSequences,
        maxQueue: flags.maxQueue,
        cacheBytes: flags.cacheMemory * 2 ** 20,
      });
      const server = await createServer({
        chat: engine,
        completion: engine,
        host: flags.host,
        port: flags.port,
        defaultThinkingMode: flags.thinking ? "thinking" : "chat",
        stats: () => engine.stats(),
        ...(flags.apiKey ? { apiKey: flags.apiKey } : {}),
        ...(flags.allowHost ? { allowedHosts: flags.allowHost } : {}),
      });
      const { url } = server;
      if (flags.json) process.stdout.write(`${JSON.stringify({ url, model: engine.id })}\n`);
      else process.stdout.write(greeting(url, engine.id, engine.contextLength, flags.apiKey !== undefined));
      const stop = async () => {
        await server.close();
        await engine.close();
      };
      process.once("SIGINT", stop);
      process.once("SIGTERM", stop);
    });
}

function greeting(url: string, model: string, contextLength: number, needsKey: boolean): string {
  const key = needsKey ? ` \\\n    -H 'authorization: Bearer YOUR_KEY'` : "";
  const body = JSON.stringify({ model, temperature: 0, messages: [{ role: "user", content: "Hello!" }] });
  return (
    `${pc.bold(model)} (${contextLength} tokens of context) is at ${pc.bold(`${url}/v1`)}\n\n` +
    `  curl ${url}/v1/chat/completions -H 'content-type: application/json'${key} \\\n    -d '${body}'\n\n` +
    "Ctrl+C stops it.\n"
  );
}
