/** Inspect's `.eval` log, version 2: a zip (deflate) of its header, a file for each sample, and summaries of them. */

import type { AssistantMessage, ToolCall } from "@cachalot/chat";
import { strToU8, zipSync } from "fflate";
import type { StoredRun } from "../run/run-directory.js";
import type { Sample } from "../run/sample.js";
import { summarise } from "../score/summary.js";
import { callsIn, isUserAct, type SampleMessage } from "../users/user-acts.js";
import type { RunExport } from "./run-export.js";

const SCORER = "cachalot";

export const inspect: RunExport = {
  name: "inspect",
  description: "Inspect's log, which inspect view shows",
  extension: ".eval",
  write(run) {
    const header = headerOf(run);
    const { version, eval: spec, plan } = header;
    const files: Record<string, unknown> = {
      "_journal/start.json": { version, eval: spec, plan },
      "header.json": header,
    };
    for (const sample of run.samples)
      files[`samples/${sample.item}_epoch_${sample.sample + 1}.json`] = sampleOf(run, sample);
    files["summaries.json"] = run.samples.map(summaryOf);
    files["reductions.json"] = [];
    const bytes = Object.entries(files).map(([name, value]) => [name, strToU8(JSON.stringify(value))]);
    // A time of its own would make two exports of one run differ.
    return zipSync(Object.fromEntries(bytes), { level: 6, mtime: new Date(run.header.createdAt) });
  },
};

function headerOf({ header, samples }: StoredRun) {
  const { benchmark, model, sampling, thinkingMode, seed, createdAt } = header;
  const { right, wrong, score } = summarise(samples);
  const ids = [...new Set(samples.map(({ item }) => item))];
  const id = header.prompts.slice(0, 22);
  const metrics = score === null ? {} : { accuracy: { name: "accuracy", value: score, params: {} } };
  return {
    version: 2,
    status: "success",
    eval: {
      ...{
        eval_id: id,
        run_id: id,
        created: createdAt,
        task: benchmark,
        task_id: id,
        task_version: 0,
        task_attribs: {},
        task_args: {},
      },
      dataset: { name: benchmark, location: header.data, samples: ids.length, sample_ids: ids, shuffled: false },
      ...{
        model,
        model_args: {},
        model_generate_config: generateConfig(header),
        config: { epochs: header.samples, limit: header.items },
      },
      ...{
        packages: { cachalot: header.cachalot },
        metadata: { engine: header.engine, codec: header.codec, thinkingMode, seed, sampling, prompts: header.prompts },
      },
      scorers: [{ name: SCORER, options: {}, metrics: [{ name: "accuracy", options: {} }], metadata: {} }],
    },
    plan: { name: "plan", steps: [], config: {} },
    results: {
      ...{ total_samples: samples.length, completed_samples: samples.length },
      scores: [
        {
          name: SCORER,
          scorer: SCORER,
          scored_samples: right + wrong,
          unscored_samples: samples.length - right - wrong,
          params: {},
          metrics,
        },
      ],
    },
    stats: {
      started_at: createdAt,
      completed_at: samples.at(-1)?.startedAt ?? createdAt,
      model_usage: { [model]: usageOf(samples) },
    },
  };
}

function generateConfig({ sampling: { temperature, topP, topK, maxTokens }, seed }: StoredRun["header"]) {
  return {
    temperature: temperature ?? 1,
    top_p: topP ?? 0.95,
    seed,
    ...(topK ? { top_k: topK } : {}),
    ...(maxTokens ? { max_tokens: maxTokens } : {}),
  };
}

function usageOf(samples: readonly Sample[]) {
  const sum = (name: keyof Sample["usage"]) => samples.reduce((all, { usage }) => all + usage[name], 0);
  const [input_tokens, output_tokens] = [sum("promptTokens"), sum("completionTokens")];
  return {
    ...{ input_tokens, output_tokens, total_tokens: input_tokens + output_tokens },
    ...{ input_tokens_cache_read: sum("cachedTokens"), reasoning_tokens: sum("reasoningTokens") },
  };
}

/** What was not measured has no score. */
function scoresOf({ verdict, answer, because }: Sample) {
  if (verdict === "not measured") return {};
  return {
    [SCORER]: { value: verdict === "right" ? "C" : "I", answer: answer ?? "", explanation: because, history: [] },
  };
}

const inputOf = (sample: Sample) => sample.messages.slice(0, firstAnswer(sample)).map(messageOf);
const firstAnswer = ({ messages }: Sample): number => {
  const at = messages.findIndex(({ role }) => role === "assistant");
  return at < 0 ? messages.length : at;
};

function sampleOf({ header }: StoredRun, sample: Sample) {
  const last = sample.messages.findLast((message): message is AssistantMessage => message.role === "assistant");
  const stop = {
    stop: "stop",
    length: "max_tokens",
    tool_calls: "tool_calls",
    content_filter: "content_filter",
    aborted: "unknown",
  }[sample.finishReason ?? "stop"];
  const usage = usageOf([sample]);
  return {
    ...{
      id: sample.item,
      epoch: sample.sample + 1,
      input: inputOf(sample),
      target: sample.gold,
      messages: sample.messages.map(messageOf),
    },
    output: {
      ...{ model: header.model, completion: last?.content ?? "", usage, time: sample.seconds },
      choices: last ? [{ message: messageOf(last), stop_reason: stop }] : [],
    },
    ...{
      scores: scoresOf(sample),
      metadata: { seed: sample.seed, ...(sample.reason && { reason: sample.reason, because: sample.because }) },
    },
    ...{ store: {}, events: [], attachments: {}, model_usage: { [header.model]: usage } },
    ...{
      started_at: sample.startedAt,
      total_time: sample.seconds,
      working_time: sample.seconds,
      uuid: `${sample.item}-${sample.sample}`,
    },
    ...(sample.reason === "truncated" && { limit: { type: "token", limit: sample.usage.completionTokens } }),
    ...(sample.reason === "timed out" && { limit: { type: "time", limit: sample.seconds } }),
    ...(sample.reason === "infrastructure" && {
      error: { message: sample.because, traceback: "", traceback_ansi: "" },
    }),
  };
}

function summaryOf(sample: Sample) {
  const { item, gold } = sample;
  return {
    id: item,
    epoch: sample.sample + 1,
    input: inputOf(sample),
    target: gold,
    metadata: {},
    scores: scoresOf(sample),
    model_usage: {},
    completed: true,
    message_count: sample.messages.length,
  };
}

function messageOf(message: SampleMessage) {
  if (isUserAct(message)) return userActOf(message);
  if (message.role === "tool")
    return { role: "tool", content: message.content ?? "", tool_call_id: message.tool_call_id ?? "" };
  if (message.role !== "assistant")
    return { role: message.role === "developer" ? "system" : message.role, content: message.content ?? "" };
  const reasoning = message.reasoning_content ? [{ type: "reasoning", reasoning: message.reasoning_content }] : [];
  const calls = callsIn(message).map(callOf);
  return {
    role: "assistant",
    content:
      reasoning.length > 0 ? [...reasoning, { type: "text", text: message.content ?? "" }] : (message.content ?? ""),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

const callOf = ({ id, function: { name, arguments: text } }: ToolCall) => ({
  ...{ id: id ?? name, function: name, arguments: argumentsOf(text), type: "function" },
});

/** Inspect's users have no tools: what they did is text of theirs, and its metadata say what it is. */
function userActOf(message: SampleMessage) {
  const calls = callsIn(message);
  const shown = calls.map(({ function: { name, arguments: text } }) => `${name}(${text})`).join("\n");
  const about = "tool_call_id" in message ? { tool_call_id: message.tool_call_id } : { tool_calls: calls.map(callOf) };
  return { role: "user", content: message.content ?? shown, metadata: { unseen_by_model: true, ...about } };
}

function argumentsOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {}
  return { text };
}
