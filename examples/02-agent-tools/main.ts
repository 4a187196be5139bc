// An agent with its own tools and a sandbox: it looks something up, computes in bash and Python, and answers with JSON.
//   node --experimental-strip-types examples/02-agent-tools/main.ts      (Node 22.6 or newer)
//   npx tsx examples/02-agent-tools/main.ts
// The model here is a script, so that this runs anywhere and always the same; any ChatModel takes its place.
import { bashTool, createSandbox, fileEditorTool, pythonTool, runAgent, tool } from "@cachalot/agent";
import { type ChatMessage, createScriptedModel } from "@cachalot/chat";
import * as z from "zod";

const model = createScriptedModel({
  turns: [
    {
      reasoning: "I need both depths.",
      toolCalls: [
        { name: "dive_depth", arguments: { animal: "sperm whale" } },
        { name: "dive_depth", arguments: { animal: "unicorn" } },
      ],
    },
    {
      reasoning: "No unicorns. I note the whale's depth and convert it.",
      toolCalls: [
        { name: "file_editor", arguments: { command: "create", path: "depth.txt", file_text: "2250\n" } },
        { name: "bash", arguments: { command: "feet() { echo $(( $1 * 328084 / 100000 )); }; feet $(cat depth.txt)" } },
        { name: "python", arguments: { code: "metres = int(open('depth.txt').read())\nround(metres / 10 + 1)" } },
      ],
    },
    {
      reasoning: "Does the shell still know its function? And is there really no network?",
      toolCalls: [
        { name: "bash", arguments: { command: "feet 100; : < /dev/tcp/127.0.0.1/8000" } },
        { name: "bash", arguments: { command: "rm -rf depth.txt" } },
      ],
    },
    { reasoning: "I have everything.", content: '{"feet": 7381, "bar": 226}' },
  ],
});

const diveDepth = tool({
  name: "dive_depth",
  description: "How deep an animal dives, in metres.",
  inputSchema: z.object({ animal: z.enum(["sperm whale", "emperor penguin"]) }),
  concurrent: true,
  execute: ({ animal }) => ({ "sperm whale": 2250, "emperor penguin": 564 })[animal],
});

const sandbox = await createSandbox({ memoryMiB: 256, timeoutMs: 10_000 });
try {
  const messages: ChatMessage[] = [
    { role: "user", content: "How deep do sperm whales dive, in feet, and at what pressure?" },
  ];
  const run = runAgent(model, {
    messages,
    tools: [diveDepth, await bashTool(sandbox), await pythonTool(sandbox), fileEditorTool(sandbox)],
    output: { schema: z.object({ feet: z.number(), bar: z.number() }) },
    limits: { steps: 8, durationMs: 60_000 },
    approve: ({ args }) =>
      /\brm\b/.test(String(args.command)) ? { approved: false, reason: "nothing is deleted here" } : { approved: true },
  });
  for await (const event of run) {
    if (event.type === "message") console.log(`thinking  ${event.message.reasoning_content}`);
    if (event.type === "tool-start")
      console.log(`call      ${event.call.function.name} ${event.call.function.arguments}`);
    if (event.type === "tool-result") console.log(`result    ${event.content.replaceAll("\n", "\n          ")}`);
    if (event.type === "end")
      console.log(`answer    ${JSON.stringify(event.result.output)} (${event.result.stopReason})`);
  }
} finally {
  await sandbox.close();
}
