// What a stranger does first: `npm start`, one question to the embedded model, Ctrl+C.
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const url = "http://127.0.0.1:8000/v1";
const server = spawn("npm", ["start"], { stdio: ["ignore", "inherit", "inherit"], detached: true });
const exited = new Promise((resolve) => server.once("exit", (code) => resolve(code ?? 1)));
try {
  const { message } = await Promise.race([
    firstAnswer(),
    exited.then((code) => {
      throw new Error(`npm start ended with ${code}`);
    }),
  ]);
  if (!/cachalot/i.test(message.content)) throw new Error(`not an answer: ${JSON.stringify(message)}`);
  console.log(`asked "Who are you?", answered "${message.content}"`);
} finally {
  // The whole group, as a terminal does it: npm, its shell and the server.
  if (server.exitCode === null) process.kill(-server.pid, "SIGINT");
  await exited;
}

/** Waits for the server (it compiles first), then asks. */
async function firstAnswer() {
  for (let tries = 0; !(await isUp()); tries++) {
    if (tries > 600) throw new Error("no server within ten minutes");
    await sleep(1000);
  }
  const response = await fetch(`${url}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "cachalot-embedded",
      messages: [{ role: "user", content: "Who are you?" }],
      temperature: 0,
    }),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()).choices[0];
}

async function isUp() {
  return fetch(`${url}/models`).then(
    ({ ok }) => ok,
    () => false,
  );
}
