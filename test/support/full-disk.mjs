// A durable run on a small file system, which a tool of it fills to the last byte; then, with room again, resumed.
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openRuns, tool } from "@cachalot/agent";
import { createScriptedModel } from "@cachalot/chat";

process.noDeprecation = true;
const [disk] = process.argv.slice(2);
const directory = join(disk, "runs");
const filling = join(disk, "filling");
const fill = () => {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(filling, Buffer.alloc(bavail * bsize));
};
const calls = [];
const act = tool({
  name: "act",
  description: "Acts",
  inputSchema: { type: "object", properties: { n: {} } },
  execute({ n }) {
    calls.push(n);
    if (n === 2 && calls.length === 3) fill();
    return "x".repeat(20_000);
  },
});
const model = createScriptedModel({
  turns: ({ messages }) => {
    const n = messages.filter(({ role }) => role === "assistant").length;
    return n === 5
      ? { reasoning: "Done.", content: "done" }
      : { reasoning: "…", toolCalls: [{ name: "act", arguments: { n } }] };
  },
});
const open = () => openRuns({ directory, setUp: async () => ({ model, tools: [act] }) });

const runs = await open();
await runs.start({ messages: [{ role: "user", content: "Go" }] }, { runId: "full" });
const error = await runs.result("full").then(
  () => "none",
  ({ message }) => message,
);
await runs.close();
rmSync(filling);
const again = await open();
await again.resume("full");
const { text } = await again.result("full");
await again.close();
console.log(JSON.stringify({ error, text, calls }));
