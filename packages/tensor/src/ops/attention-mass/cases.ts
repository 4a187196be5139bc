import type { OpCase } from "../../conformance.js";
import { attentionShapes, documentStarts } from "../attention/cases.js";
import { attentionMassOp } from "./op.js";

export const attentionMassCases: OpCase[] = attentionShapes.flatMap((shape) =>
  [false, true].map((packed) => {
    const { B, S, T, H, Hk, D } = shape;
    return {
      op: attentionMassOp,
      name: `B=${B} S=${S} T=${T} H=${H}${Hk === H ? "" : " MQA"} D=${D}${packed ? " packed" : ""}`,
      inputs: [
        { shape: [B, S, H, D] },
        { shape: [B, T, Hk, D] },
        undefined,
        packed ? { shape: [B, S], dtype: "i32" as const, values: documentStarts(shape) } : undefined,
        { shape: [B, S, H], scale: 0.1 },
      ],
      attrs: { scale: D ** -0.5 },
    };
  }),
);
