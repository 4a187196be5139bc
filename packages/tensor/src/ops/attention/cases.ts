import type { OpCase } from "../../conformance.js";
import type { Random } from "../../random.js";
import { attentionOp } from "./op.js";

export interface AttentionShape {
  B: number;
  S: number;
  T: number;
  H: number;
  /** Key heads: H, or 1 in MQA form. */
  Hk: number;
  D: number;
  /** Value dim; negative: no values, the key's first -V dims. */
  V: number;
}

export const attentionShapes: readonly AttentionShape[] = [
  { B: 1, S: 1, T: 1, H: 1, Hk: 1, D: 2, V: 1 },
  { B: 2, S: 5, T: 5, H: 3, Hk: 3, D: 6, V: 4 },
  { B: 1, S: 3, T: 40, H: 2, Hk: 1, D: 10, V: -7 },
  { B: 2, S: 70, T: 70, H: 4, Hk: 1, D: 24, V: -16 },
  { B: 1, S: 100, T: 130, H: 2, Hk: 2, D: 48, V: 32 },
  { B: 1, S: 9, T: 31, H: 4, Hk: 1, D: 48, V: -32 },
];

export function attentionInputs({ B, S, T, H, Hk, D, V }: AttentionShape) {
  return [
    { shape: [B, S, H, D], grad: true },
    { shape: [B, T, Hk, D], grad: true },
    V > 0 ? { shape: [B, T, Hk, V], grad: true } : undefined,
  ];
}

export const attentionAttrs = ({ D, V }: AttentionShape) => ({ scale: D ** -0.5, ...(V < 0 ? { valueDim: -V } : {}) });

/** Documents of random length packed in one row: the first column each query sees. */
export const documentStarts =
  ({ B, S, T }: Pick<AttentionShape, "B" | "S" | "T">) =>
  (random: Random): Int32Array => {
    const starts = new Int32Array(B * S);
    for (let b = 0; b < B; b++) {
      let start = 0;
      for (let s = 0; s < S; s++) {
        if (random.next() < 0.1) start = T - S + s;
        starts[b * S + s] = start;
      }
    }
    return starts;
  };

const describe = ({ B, S, T, H, Hk, D, V }: AttentionShape) =>
  `B=${B} S=${S} T=${T} H=${H}${Hk === H ? "" : " MQA"} D=${D} V=${V}`;

const [, , , , long] = attentionShapes;

export const attentionCases: OpCase[] = [
  ...attentionShapes.map((shape) => ({
    op: attentionOp,
    name: describe(shape),
    inputs: [...attentionInputs(shape), undefined],
    attrs: attentionAttrs(shape),
    compareOutputs: [0],
  })),
  ...attentionShapes.slice(1).map((shape) => ({
    op: attentionOp,
    name: `${describe(shape)} packed`,
    inputs: [
      ...attentionInputs(shape),
      { shape: [shape.B, shape.S], dtype: "i32" as const, values: documentStarts(shape) },
    ],
    attrs: attentionAttrs(shape),
    compareOutputs: [0],
  })),
  {
    op: { ...attentionOp, gradient: undefined } as unknown as typeof attentionOp,
    name: "log-sum-exp",
    inputs: [...attentionInputs(long!), undefined],
    attrs: attentionAttrs(long!),
  },
];
