import { Context } from "./context.js";
import { weightedSum } from "./ops/weighted-sum/op.js";
import type { Tensor } from "./tensor.js";

/**
 * Gradient checkpointing: runs `body` and keeps its result alone; when gradients are wanted, runs it again to make what they need. Memory for time:
 * what `body` makes lives only while it, or its backward pass, is at work.
 *
 * @param inputs what gradients flow to; anything else `body` uses is a constant
 */
export function checkpoint<T extends readonly Tensor[]>(
  ctx: Context,
  inputs: T,
  body: (ctx: Context, inputs: T) => Tensor,
): Tensor {
  const forward = new Context(ctx.device);
  try {
    const output = ctx.own(forward.keep(body(forward, inputs)));
    if (ctx.tape && inputs.some(({ requiresGrad }) => requiresGrad)) {
      output.requiresGrad = true;
      ctx.tape.recordFunction(inputs, output, (gradient) => gradientsOf(ctx, inputs, body, gradient));
    }
    return output;
  } finally {
    forward.dispose();
  }
}

function gradientsOf<T extends readonly Tensor[]>(
  ctx: Context,
  inputs: T,
  body: (ctx: Context, inputs: T) => Tensor,
  gradient: Tensor,
): (Tensor | undefined)[] {
  const again = new Context(ctx.device, { recording: true });
  try {
    const found = again.backward(weightedSum(again, body(again, inputs), gradient));
    return inputs.map((input) => {
      const own = found.get(input);
      return own && again.keep(own);
    });
  } finally {
    again.dispose();
  }
}
