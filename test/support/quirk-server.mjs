// A conformance server: answers like hosts of V3.2 do, from transcripts of what they put on the wire.
//   node test/support/quirk-server.mjs      prints {"url": …} and serves until it is killed
//
// The conversation's first user message names the transcript and the client: "[quirk dsml-split/raw] …". Chat requests
// are answered from fixtures/wire/NAME.chat.http, raw completions from NAME.raw.http, one response after the other.
// Lines that begin with "~~~" direct the server:
//   ~~~ next              another response follows        ~~~ pause 40       wait, in milliseconds
//   ~~~ bytes 3           write in pieces of 3 bytes      ~~~ cut            break the connection here
//   ~~~ require-reasoning refuse histories whose calls lack their reasoning, as DeepSeek's API does
//   ~~~ only-fields a b   refuse other fields             ~~~ adds-bos       refuse a prompt that begins with BOS
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

const BOS = "<｜begin▁of▁sentence｜>";
const wire = new URL("../fixtures/wire/", import.meta.url);

/** Requests so far, by transcript and client. */
const logs = new Map();

function readTranscript(name, kind) {
  const lines = readFileSync(new URL(`${name}.${kind}.http`, wire), "utf8").split("\n");
  const rules = lines.filter((line) => /^~~~ (require-reasoning|only-fields|adds-bos)/.test(line));
  const kept = lines.filter((line) => !rules.includes(line) && !line.startsWith("#"));
  const responses = kept.join("\n").split("~~~ next\n").map(parseResponse);
  return { rules: rules.map((line) => line.slice(4).split(" ")), responses };
}

function parseResponse(source) {
  const end = source.indexOf("\n\n");
  const [first, ...headers] = source.slice(0, end).trim().split("\n");
  return {
    status: Number(first.split(" ")[1]),
    headers: Object.fromEntries(headers.map((line) => line.split(/: (.*)/s).slice(0, 2))),
    body: source.slice(end + 2),
  };
}

async function play(response, { status, headers, body }) {
  response.writeHead(status, headers);
  response.flushHeaders();
  let pieces = Number.POSITIVE_INFINITY;
  for (const part of body.split(/^(~~~ .*)\n/m)) {
    const [, command, argument] = /^~~~ (\w+) ?(\d*)$/.exec(part) ?? [];
    if (command === "pause") await sleep(Number(argument));
    else if (command === "bytes") pieces = Number(argument);
    else if (command === "cut") {
      await sleep(20);
      return response.destroy();
    } else {
      const bytes = Buffer.from(part);
      for (let at = 0; at < bytes.length; at += pieces) {
        response.write(bytes.subarray(at, Math.min(bytes.length, at + pieces)));
        if (pieces < bytes.length) await sleep(1);
      }
    }
  }
  response.end();
}

const refusal = (message) => ({
  error: { message, type: "invalid_request_error", param: null, code: "invalid_request_error" },
});

const checks = {
  "require-reasoning": (body) => {
    if (body.prompt !== undefined) return body.prompt.includes("<think></think>") ? "reasoning is missing" : undefined;
    const index = body.messages.findIndex((m) => m.role === "assistant" && m.tool_calls && !m.reasoning_content);
    if (index < 0) return undefined;
    return `Missing \`reasoning_content\` field in the assistant message at message index ${index}. For more information, please refer to https://api-docs.deepseek.com/guides/thinking_mode#tool-calls`;
  },
  "only-fields": (body, fields) => {
    const unknown = Object.keys(body).find((field) => !fields.includes(field));
    return unknown && `Extra inputs are not permitted: ${unknown}`;
  },
  "adds-bos": (body) => (body.prompt?.startsWith(BOS) ? "the prompt has two begin-of-sentence tokens" : undefined),
};

function answerJson(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://quirk");
  if (pathname === "/v1/models") {
    return answerJson(response, 200, { object: "list", data: [{ id: "deepseek-v3.2", max_model_len: 163840 }] });
  }
  if (pathname === "/log") return answerJson(response, 200, logs.get(searchParams.get("of")) ?? []);
  const body = JSON.parse(await text(request));
  const [, name, client] = /\[quirk ([\w-]+)\/([\w-]+)\]/.exec(JSON.stringify(body.prompt ?? body.messages)) ?? [];
  if (name === undefined) return answerJson(response, 404, refusal("name a transcript in the user message"));
  const kind = pathname === "/v1/completions" ? "raw" : "chat";
  const key = `${name}/${client}`;
  const log = logs.get(key) ?? [];
  logs.set(key, log);
  const entry = { path: pathname, body, authorization: request.headers.authorization, hungUp: false };
  log.push(entry);
  response.on("close", () => {
    entry.hungUp = !response.writableEnded;
  });
  const { rules, responses } = readTranscript(name, kind);
  for (const [rule, ...fields] of rules) {
    const message = checks[rule](body, fields);
    if (message) {
      entry.refused = message;
      return answerJson(response, 400, refusal(message));
    }
  }
  const served = log.filter(({ refused }) => !refused).length;
  await play(response, responses[Math.min(served, responses.length) - 1]);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })}\n`);
});
