// Two turns with thinking and a real tool call, through the official openai client.
//   cachalot serve            (in another terminal)
//   node --experimental-strip-types examples/01-two-turns-with-a-calculator.ts [base URL]     (Node 22.6 or newer)
//   npx tsx examples/01-two-turns-with-a-calculator.ts [base URL]
import { calculate, calculatorDefinition } from "@cachalot/agent";
import OpenAI from "openai";

/** DeepSeek's extension: the thinking of an assistant message. */
type Thinking = { reasoning_content?: string };

const client = new OpenAI({ baseURL: process.argv[2] ?? "http://127.0.0.1:8000/v1", apiKey: "none" });
const tools = [calculatorDefinition as OpenAI.ChatCompletionTool];
const messages: OpenAI.ChatCompletionMessageParam[] = [];

async function ask(question: string): Promise<void> {
  console.log(`user      ${question}`);
  messages.push({ role: "user", content: question });
  for (;;) {
    const completion = await client.chat.completions.create({
      model: "cachalot-embedded",
      messages,
      tools,
      temperature: 0,
      max_tokens: 300,
    });
    const message = completion.choices[0]!.message as OpenAI.ChatCompletionMessage & Thinking;
    // The reasoning goes back with the message: the model continues its own thought after the tool's answer.
    messages.push(message);
    if (message.reasoning_content) console.log(`thinking  ${message.reasoning_content}`);
    if (!message.tool_calls?.length) {
      console.log(`answer    ${message.content}`);
      return;
    }
    for (const call of message.tool_calls) {
      if (call.type !== "function") continue;
      const { expression } = JSON.parse(call.function.arguments) as { expression: string };
      const result = calculate(expression);
      console.log(`call      ${expression} = ${result}`);
      messages.push({ role: "tool", tool_call_id: call.id, content: result });
    }
  }
}

await ask("What is 348 + 1297?");
await ask("And times 10?");
