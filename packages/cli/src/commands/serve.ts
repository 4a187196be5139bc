import { randomBytes } from "node:crypto";
import type { ChatModel, CompletionModel } from "@cachalot/chat";
import type { LocalEngine } from "@cachalot/engine";
import type { ModelStats, Route, TextTokenizer } from "@cachalot/server";
import { Command, Option } from "commander";
import { modelPlanFrom } from "../agent/agent-flags.js";
import { addEngineOptions, type EngineFlags, engineFrom, modelDirectory, wholeNumber } from "../options.js";
import { out } from "../terminal/output.js";
import { bold, type StyledText, text } from "../terminal/styled-text.js";
import {
  addUpstreamOptions,
  type GatewayFlags,
  gatewayFrom,
  refuseLocalFlags,
  refuseUpstreamFlags,
} from "../upstream.js";

interface ServeFlags extends EngineFlags, GatewayFlags {
  host: string;
  port: number;
  apiKey?: string;
  allowHost?: string[];
  thinking: boolean;
  maxSequences: number;
  maxQueue: number;
  cacheMemory: number;
  alias?: string[];
  json?: true;
  studio: boolean;
  corsOrigin?: string[];
}

/** Of the cache's memory, for the reasoning of a model of one's own, in bytes: room for its running conversations. */
const REASONING_BYTES = 2 ** 21;

interface Served {
  chat: ChatModel;
  completion: CompletionModel | undefined;
  tokenizer?: TextTokenizer;
  /** Of a model that runs here. */
  engine?: LocalEngine;
  stats?: () => ModelStats;
  close(): Promise<void>;
}

async function servedBy(flags: ServeFlags): Promise<Served> {
  if (flags.upstream !== undefined) {
    refuseLocalFlags(flags);
    return gatewayFrom(flags.upstream, flags);
  }
  refuseUpstreamFlags(flags);
  const engine = await engineFrom(flags, {
    maxSequences: flags.maxSequences,
    maxQueue: flags.maxQueue,
    cacheBytes: Math.max(flags.cacheMemory * 2 ** 20 - REASONING_BYTES, 2 ** 20),
    isolation: "process",
  });
  const [{ createGatewayModel, ReasoningMemory }, { loadTokenizer }] = await Promise.all([
    import("@cachalot/server"),
    import("@cachalot/model"),
  ]);
  const memory = await ReasoningMemory.open({ maxBytes: REASONING_BYTES });
  return {
    chat: createGatewayModel(engine, memory),
    completion: engine,
    engine,
    tokenizer: await loadTokenizer(modelDirectory(flags)),
    stats: () => engine.stats(),
    close: () => engine.close(),
  };
}

const EXAMPLES = `
Examples:
  cachalot serve
  cachalot serve --model runs/embedded/models/sparse --port 8080 --no-thinking
  cachalot serve --upstream http://127.0.0.1:30000/v1 --profile sglang --mode raw
  cachalot serve --upstream https://api.deepseek.com/v1 --profile deepseek --upstream-key-env DEEPSEEK_API_KEY \\
    --upstream-model deepseek-v4-pro --memory reasoning.jsonl

With --upstream this is a gateway: clients get V3.2's contract whatever the host does. It remembers the reasoning of
every answer and puts it back when a client drops it, parses tool calls that leak as text, and tells in the header
x-cachalot-repairs and in /metrics what it put right. docs/gateway.md has the table.`;

export function serveCommand(): Command {
  const command = new Command("serve")
    .summary("serve a model, or a gateway to one, over an OpenAI-compatible API")
    .description("Serves /v1/chat/completions, /v1/completions, /v1/models, /health and /metrics.");
  addEngineOptions(command)
    .option("--host <address>", "listen here; other than loopback, set --api-key too", "127.0.0.1")
    .option("--port <number>", "0 takes a free one", wholeNumber(0), 8000)
    .addOption(new Option("--api-key <key>", "require it as a bearer token").env("CACHALOT_API_KEY"))
    .option("--allow-host <name...>", "host names to answer besides loopback ones")
    .option("--alias <name...>", "other model names that clients may ask for")
    .option("--no-thinking", "answer without thinking where a request does not say")
    .option("--max-sequences <count>", "answers generated at once", wholeNumber(1), 8)
    .option("--max-queue <count>", "requests that may wait beyond those", wholeNumber(0), 32)
    .option("--cache-memory <MiB>", "for what sequences keep of their tokens", wholeNumber(1), 1024)
    .option("--cors-origin <origin...>", "web pages of these origins may use the API, such as https://example.org")
    .option("--no-studio", "leave the web pages at / out")
    .option("--json", "print the address as JSON");
  return addUpstreamOptions(command, "Gateway (in place of a model of one's own):")
    .option("--memory <file>", "keep remembered reasoning here over restarts (default: in memory only)")
    .addHelpText("after", EXAMPLES)
    .action(async (flags: ServeFlags) => {
      const { createServer } = await import("@cachalot/server");
      const { chat, completion, tokenizer, engine, stats, close } = await servedBy(flags);
      const studio = flags.studio ? await studioFor(flags, engine) : undefined;
      const server = await createServer({
        chat,
        ...(studio ? { routes: studio.routes } : {}),
        ...(completion ? { completion } : {}),
        ...(tokenizer ? { tokenizer } : {}),
        ...(flags.corsOrigin ? { corsOrigins: flags.corsOrigin } : {}),
        ...(stats ? { stats } : {}),
        host: flags.host,
        port: flags.port,
        defaultThinkingMode: flags.thinking ? "thinking" : "chat",
        ...(flags.apiKey ? { apiKey: flags.apiKey } : {}),
        ...(flags.alias ? { aliases: flags.alias } : {}),
        ...(flags.allowHost ? { allowedHosts: flags.allowHost } : {}),
      }).catch(async (error: unknown) => {
        await close();
        throw error;
      });
      const { url } = server;
      const page = studio && `${url}/${studio.query}`;
      if (flags.json) out.json({ url, model: chat.id, ...(page ? { studio: page } : {}) });
      else out.print(greeting(url, chat, flags.apiKey !== undefined, page));
      const stop = async () => {
        await server.close();
        await close();
      };
      process.once("SIGINT", stop);
      process.once("SIGTERM", stop);
    });
}

/** The pages' routes; where others could reach them, a token opens them once. */
async function studioFor(
  flags: ServeFlags,
  engine: LocalEngine | undefined,
): Promise<{ routes: readonly Route[]; query: string }> {
  const { isLoopback } = await import("@cachalot/server");
  const { studioRoutes } = await import("@cachalot/studio");
  const token =
    flags.apiKey !== undefined || !isLoopback(flags.host) ? randomBytes(16).toString("base64url") : undefined;
  const routes = studioRoutes({
    directory: ".cachalot",
    modelPlan: modelPlanFrom(flags),
    ...(token ? { token } : {}),
    ...(engine ? { engine } : {}),
    tools: !(flags.speciale || engine?.thinkingOnly),
  });
  return { routes, query: token ? `?token=${token}` : "" };
}

function greeting(url: string, chat: ChatModel, needsKey: boolean, page: string | undefined): StyledText {
  const key = needsKey ? ` \\\n    -H 'authorization: Bearer YOUR_KEY'` : "";
  const body = JSON.stringify({ model: chat.id, temperature: 0, messages: [{ role: "user", content: "Hello!" }] });
  const curl = `  curl ${url}/v1/chat/completions -H 'content-type: application/json'${key} \\\n    -d '${body}'`;
  const pages = page === undefined ? text`` : text`\nOpen ${bold(page)} to look and chat.\n`;
  return text`${bold(chat.id)} (${chat.contextLength} tokens of context) is at ${bold(`${url}/v1`)}\n${pages}\n${curl}\n\nCtrl+C stops it.\n`;
}
