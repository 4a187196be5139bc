// The AI SDK with a tool, on the embedded model or on one behind an OpenAI-compatible endpoint. Its thinking goes back at
// every step.
//   node --experimental-strip-types examples/03-ai-sdk.ts [--upstream http://127.0.0.1:8000/v1]     (Node 22.6 or newer)
//   npx tsx examples/03-ai-sdk.ts [--upstream URL]
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { calculate, calculatorDefinition } from "@cachalot/agent";
import { createCachalot } from "@cachalot/ai-sdk";
import { createRemoteModel, discoverModel } from "@cachalot/chat";
import { startEngine } from "@cachalot/engine";
import { generateText, jsonSchema, type ModelMessage, stepCountIs, streamText, tool } from "ai";

const { upstream: baseUrl } = parseArgs({ options: { upstream: { type: "string" } } }).values;
const embedded = fileURLToPath(new URL("../models/embedded", import.meta.url));
const engine = baseUrl === undefined ? await startEngine(embedded) : undefined;
const remote = async (baseUrl: string) =>
  createRemoteModel({ baseUrl, model: (await discoverModel({ baseUrl })).model });
const model = createCachalot(engine ?? (await remote(baseUrl!)));

const { description, parameters } = calculatorDefinition.function;
const calculator = tool({
  description: description!,
  inputSchema: jsonSchema<{ expression: string }>(parameters!),
  execute: ({ expression }) => calculate(expression),
});
const options = { model, tools: { calculator }, stopWhen: stepCountIs(4), temperature: 0, maxOutputTokens: 300 };

try {
  const messages: ModelMessage[] = [{ role: "user", content: "What is 348 + 1297?" }];
  const { steps, text, response } = await generateText({ ...options, messages });
  for (const step of steps) {
    console.log(`thinking  ${step.reasoningText}`);
    for (const { input, output } of step.staticToolResults) console.log(`call      ${input.expression} = ${output}`);
  }
  console.log(`answer    ${text}\n`);

  messages.push(...response.messages, { role: "user", content: "And times 10?" });
  for await (const part of streamText({ ...options, messages }).fullStream) {
    if (part.type === "reasoning-start") process.stdout.write("thinking  ");
    if (part.type === "text-start") process.stdout.write("answer    ");
    if (part.type === "reasoning-delta" || part.type === "text-delta") process.stdout.write(part.text);
    if (part.type === "reasoning-end" || part.type === "text-end") process.stdout.write("\n");
    if (part.type === "tool-result" && !part.dynamic)
      console.log(`call      ${part.input.expression} = ${part.output}`);
    if (part.type === "error") throw part.error;
  }
} finally {
  await engine?.close();
}
