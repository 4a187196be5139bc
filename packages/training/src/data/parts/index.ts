import { chatPart } from "./chat.js";
import type { DataPart } from "./data-part.js";
import { textPart } from "./text.js";

/** Every part of a dataset, in the order they are made: one line each. */
export const dataParts: readonly DataPart[] = [textPart, chatPart];
