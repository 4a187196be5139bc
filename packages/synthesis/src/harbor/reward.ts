/** Reward file of a Harbor verifier: /logs/verifier/reward.txt or reward.json. */

import { type Sandbox, SandboxError } from "@cachalot/sandbox";

/** A reward, or why there is none. */
export type RewardRead = { reward: number } | { problem: string };

export async function readReward(sandbox: Sandbox): Promise<RewardRead> {
  for (const name of ["reward.json", "reward.txt"]) {
    const text = await textOf(sandbox, `/logs/verifier/${name}`);
    if (text === undefined) continue;
    return name === "reward.txt" ? parseNumber(text, name) : parseRewards(text);
  }
  return { problem: "the verifier wrote neither /logs/verifier/reward.txt nor reward.json" };
}

/** A number, or numbers by name: `reward` is the score, or the only one. */
function parseRewards(text: string): RewardRead {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: `reward.json is no JSON: ${text.slice(0, 100)}` };
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const named = value as Record<string, unknown>;
    const names = Object.keys(named);
    value = Object.hasOwn(named, "reward") ? named.reward : names.length === 1 ? named[names[0]!] : undefined;
  }
  if (typeof value === "number" && Number.isFinite(value)) return { reward: value };
  return { problem: `reward.json has no number named reward: ${text.slice(0, 100)}` };
}

function parseNumber(text: string, name: string): RewardRead {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return { reward: value };
  return { problem: `${name} is no number: ${text.slice(0, 100)}` };
}

async function textOf(sandbox: Sandbox, path: string): Promise<string | undefined> {
  try {
    return (await sandbox.get(path)).toString("utf8");
  } catch (error) {
    if (error instanceof SandboxError && error.code === "sandbox_file") return undefined;
    throw error;
  }
}
