import {
  bindWeights,
  type ModelConfig,
  type ModelWeights,
  type Network,
  type ParameterSpec,
  parameterSpecs,
  RopeCache,
} from "@cachalot/model";
import type { Device, Tensor } from "@cachalot/tensor";

/** A step asks for the sizes of the step before it, in phases that reach their most at different times. */
const IDLE_BYTES = 64 * 2 ** 20;

/** A network in training: its parameters by name and the structure over them. */
export class TrainableNetwork implements Network {
  readonly specs: readonly ParameterSpec[];
  readonly weights: ModelWeights;
  readonly rope: RopeCache;

  constructor(
    readonly config: ModelConfig,
    readonly device: Device,
    readonly parameters: ReadonlyMap<string, Tensor>,
  ) {
    this.specs = parameterSpecs(config);
    device.keepIdle?.(IDLE_BYTES);
    this.weights = bindWeights(config, (name) => parameters.get(name)!);
    this.rope = new RopeCache(config);
  }

  /** The parameters that are trained; only these ask for gradients from now on. Router biases never do. */
  unfreeze(trains: (parameter: ParameterSpec) => boolean): ParameterSpec[] {
    const trained = this.specs.filter((spec) => spec.kind !== "router-bias" && trains(spec));
    const names = new Set(trained.map((spec) => spec.name));
    for (const [name, tensor] of this.parameters) tensor.requiresGrad = names.has(name);
    return trained;
  }

  dispose(): void {
    for (const tensor of this.parameters.values()) tensor.dispose();
  }
}
