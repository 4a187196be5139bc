import type { OpDefinition } from "../../op.js";
import type { Tensor } from "../../tensor.js";
import { HostDevice } from "../host-device.js";

/** Plain TypeScript, float64 accumulation: slow, and the truth. */
export class ReferenceDevice extends HostDevice {
  readonly name = "reference";

  protected execute<A>(
    op: OpDefinition<A>,
    inputs: readonly (Tensor | undefined)[],
    outputs: readonly Tensor[],
    attrs: A,
  ): void {
    op.reference({ inputs, outputs, attrs });
  }
}
