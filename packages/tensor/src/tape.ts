import { Gradients } from "./gradients.js";
import type { OpContext, OpDefinition } from "./op.js";
import type { Tensor } from "./tensor.js";

interface OpEntry<A> {
  op: OpDefinition<A>;
  inputs: readonly (Tensor | undefined)[];
  outputs: readonly Tensor[];
  attrs: A;
}

/** One recorded step: what it produced, and how gradients flow back through it. */
interface Entry {
  produced: readonly Tensor[];
  replay(gradients: Gradients, plain: OpContext): void;
}

/** The ops of one forward pass, in order. */
export class Tape {
  private entries: Entry[] = [];

  record<A>(entry: OpEntry<A>): void {
    this.entries.push({
      produced: entry.outputs,
      replay: (gradients, plain) => replayOp(entry, gradients, plain),
    });
  }

  recordReshape(source: Tensor, view: Tensor): void {
    this.entries.push({
      produced: [view],
      replay: (gradients) => {
        const gradient = gradients.get(view);
        if (gradient) gradients.addAlias(source, gradient);
      },
    });
  }

  /** A step whose gradients, one for each input, are made by `gradientsOf` and handed over. */
  recordFunction(
    inputs: readonly Tensor[],
    output: Tensor,
    gradientsOf: (gradient: Tensor) => readonly (Tensor | undefined)[],
  ): void {
    this.entries.push({
      produced: [output],
      replay: (gradients, plain) => {
        const gradient = gradients.get(output);
        if (!gradient) return;
        for (const [i, own] of gradientsOf(gradient).entries()) {
          if (own) gradients.add(inputs[i]!, plain.own(own));
        }
      },
    });
  }

  clear(): void {
    this.entries = [];
  }

  /**
   * See `Context.backward`. Gradient ops run in `plain`, which records nothing. Values of `ctx` are released as soon as no
   * earlier entry can need them.
   */
  backward(ctx: OpContext, plain: OpContext, loss: Tensor): Map<Tensor, Tensor> {
    const gradients = new Gradients(plain);
    gradients.add(loss, plain.from("f32", loss.shape, new Float32Array(loss.size).fill(1)));
    const lossIsLeaf = this.entries.every((entry) => !entry.produced.includes(loss));
    for (let entry = this.entries.pop(); entry; entry = this.entries.pop()) {
      entry.replay(gradients, plain);
      for (const tensor of entry.produced) {
        gradients.drop(tensor);
        if (tensor !== loss) ctx.release(tensor);
      }
    }
    if (!lossIsLeaf) gradients.drop(loss);
    const result = new Map<Tensor, Tensor>();
    for (const [tensor, gradient] of gradients.entries()) result.set(tensor, ctx.own(plain.keep(gradient)));
    return result;
  }
}

function replayOp<A>(entry: OpEntry<A>, gradients: Gradients, plain: OpContext): void {
  const { op, inputs, outputs, attrs } = entry;
  const outputGradients = outputs.map((output) => gradients.get(output));
  if (outputGradients.every((gradient) => gradient === undefined)) return;
  const needs = inputs.map((input) => input?.requiresGrad === true);
  const results = op.gradient!({ ctx: plain, inputs, outputs, outputGradients, attrs, needs });
  inputs.forEach((input, i) => {
    const gradient = results[i];
    if (!input || !needs[i] || !gradient) return;
    // An op may hand back an output's gradient itself, or one tensor for two inputs (add does both).
    if (outputGradients.includes(gradient) || results.indexOf(gradient) !== i) gradients.addAlias(input, gradient);
    else gradients.add(input, gradient);
  });
}
