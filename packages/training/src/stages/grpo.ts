import { checkpointConfig } from "@cachalot/model";
import { TrainingError } from "../errors.js";
import { configuredAlgorithm } from "../rl/configured-algorithm.js";
import { grpoSchema } from "../rl/grpo-options.js";
import { openGrpo } from "../rl/grpo-session.js";
import { defineStage } from "./stage.js";

/**
 * Reinforcement learning from rollouts (report section 3.1). The lightning indexer and the experts' biases are frozen: both would
 * change the policy between sampling and training.
 */
export const grpo = defineStage({
  kind: "grpo",
  schema: grpoSchema,
  attention: "sparse",
  trainsLanguageModel: false,
  trains: ({ indexer }) => !indexer,
  async check(options, { config, tokenizerDir, rl }, where) {
    const refuse = (reason: string) => {
      throw new TrainingError("invalid_recipe", `${where}${reason}`);
    };
    const algorithm = configuredAlgorithm(options.algorithm, where);
    if (!rl) throw new TrainingError("invalid_recipe", `${where}: nothing here can sample; run it with cachalot train`);
    if (!tokenizerDir) refuse(": there is no tokenizer; give the recipe init, a checkpoint directory, or data.dir");
    if (algorithm.learnsFromRewards && options.groupSize < 2)
      refuse(`.groupSize: one answer has nothing to be compared with; make it at least 2`);
    if ((options.contextLength ?? 0) > config.maxPositionEmbeddings)
      refuse(`.contextLength: the model's context is ${config.maxPositionEmbeddings} tokens; shorten it`);
    if (algorithm.needs.includes("teacher")) await requireTeacher(options.teacher, config.vocabSize, refuse);
    try {
      await rl.sourceFor(options.tasks);
    } catch (error) {
      refuse(`.tasks: ${error instanceof Error ? error.message : String(error)}`);
    }
  },
  open: openGrpo,
});

async function requireTeacher(
  teacher: string | undefined,
  vocabSize: number,
  refuse: (reason: string) => void,
): Promise<void> {
  if (!teacher) return refuse(".teacher: this algorithm learns from a teacher; name its checkpoint directory");
  const config = await checkpointConfig(teacher);
  if (config.vocabSize !== vocabSize)
    refuse(
      `.teacher: ${teacher} has ${config.vocabSize} tokens, the model ${vocabSize}; take one with the same tokenizer`,
    );
}
