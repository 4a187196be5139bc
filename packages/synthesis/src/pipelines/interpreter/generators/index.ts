/** The generators there are: families, one file and one line each. */

import type { Generator } from "../generator.js";
import { counting } from "./counting.js";
import { dataFrames } from "./data-frames.js";
import { graphs } from "./graphs.js";
import { numberTheory } from "./number-theory.js";
import { simulation } from "./simulation.js";

export const GENERATORS: readonly Generator[] = [...numberTheory, ...counting, ...simulation, ...graphs, ...dataFrames];
