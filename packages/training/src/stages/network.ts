import {
  bindWeights,
  type ModelConfig,
  type ModelWeights,
  type ParameterSpec,
  parameterSpecs,
  RopeCache,
} from "@cachalot/model";
import type { Device, Tensor } from "@cachalot/tensor";
import type { Stage } from "../recipe/recipe.js";

/** A network in training: its parameters by name and the structure over them. */
export class TrainableNetwork {
  readonly specs: readonly ParameterSpec[];
  readonly weights: ModelWeights;
  readonly rope: RopeCache;

  constructor(
    readonly config: ModelConfig,
    readonly device: Device,
    readonly parameters: ReadonlyMap<string, Tensor>,
  ) {
    this.specs = parameterSpecs(config);
    this.weights = bindWeights(config, (name) => parameters.get(name)!);
    this.rope = new RopeCache(config);
  }

  /** The parameters a stage trains; only these ask for gradients from now on. */
  unfreeze(kind: Stage["kind"]): ParameterSpec[] {
    const trained = this.specs.filter((spec) => {
      if (spec.kind === "router-bias") return false;
      if (kind === "dense") return !spec.indexer;
      return kind === "warmup" ? spec.indexer : true;
    });
    const names = new Set(trained.map((spec) => spec.name));
    for (const [name, tensor] of this.parameters) tensor.requiresGrad = names.has(name);
    return trained;
  }

  dispose(): void {
    for (const tensor of this.parameters.values()) tensor.dispose();
  }
}
