/** The registry of RL algorithms: one more is a file and a line here. */

import type { RlAlgorithm } from "../algorithm.js";
import { cispo } from "./cispo.js";
import { dapo } from "./dapo.js";
import { drGrpo } from "./dr-grpo.js";
import { gspo } from "./gspo.js";
import { onPolicyDistillation } from "./on-policy-distillation.js";
import { tis } from "./tis.js";
import { v32 } from "./v32.js";

export const RL_ALGORITHMS: readonly RlAlgorithm[] = [v32, dapo, drGrpo, gspo, cispo, tis, onPolicyDistillation];
