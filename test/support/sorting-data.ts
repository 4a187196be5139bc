import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chatPrompt, encodeMessages } from "@cachalot/chat";
import { tasksetNamed } from "@cachalot/environments";
import { loadTokenizer } from "@cachalot/model";
import { TokenFileBuilder, writeTokenFile } from "../../packages/training/src/data/token-file.js";
import { root } from "./cachalot.js";

/** What these runs begin with: a base that has seen no task, and stays as it is when another model ships. */
const BASE = join(root, "models", "embedded-base");

/** Prepared data of sorting demonstrations in chat mode, with the base's tokenizer. */
export async function writeSortingData(dir: string, count: number): Promise<void> {
  const tokenizer = await loadTokenizer(BASE);
  const sorting = tasksetNamed("sorting");
  await mkdir(dir, { recursive: true });
  for (const split of ["train", "heldout"] as const) {
    const builder = new TokenFileBuilder();
    for (let i = 0; i < count; i++) {
      const task = await sorting.draw({ split, level: 0, mode: "chat", seed: 1000 + i });
      const answer = sorting.demonstrate(task, "terse");
      const prompt = tokenizer.encode(chatPrompt({ messages: [...task.messages], thinkingMode: "chat" }));
      const ids = tokenizer.encode(encodeMessages([...task.messages, ...answer], { thinkingMode: "chat" }));
      builder.add(
        ids,
        Uint8Array.from(ids, (_, t) => Number(t >= prompt.length)),
      );
    }
    await writeTokenFile(dir, `sorting.${split}`, builder.build());
  }
  const { vocabSize, bosTokenId: bos, eosTokenId: eos } = tokenizer;
  const manifest = { parts: { sorting: { policy: "cut" } }, tokenizer: { vocabSize, bos, eos, pad: eos } };
  await writeFile(join(dir, "manifest.json"), JSON.stringify(manifest));
  for (const file of ["tokenizer.json", "tokenizer_config.json", "generation_config.json"])
    await copyFile(join(BASE, file), join(dir, file));
}

/** Fine-tuning until a third of the answers is right, then GRPO in small steps: a run stops where all rewards are equal for long. */
export function sortingRecipe(dataDir: string, rlSteps: number): object {
  return {
    name: "sorting",
    init: BASE,
    data: { dir: dataDir },
    stages: [
      { name: "sft", kind: "sft", steps: 24, batch: 6, seq: 128, learningRate: 1e-3, parts: { sorting: 1 } },
      {
        ...{ name: "rl", kind: "grpo", steps: rlSteps, learningRate: 1e-5, groups: 6, groupSize: 4, offPolicy: 1 },
        tasks: { tasksets: { sorting: { modes: ["chat"], levels: [0] } } },
        heldOutTasks: 8,
      },
    ],
    evaluation: { every: 8, batches: 1 },
    checkpoint: { every: 3, keep: 2 },
  };
}
