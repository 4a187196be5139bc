import type { RopeScaling } from "./config.js";
import type { RawRope } from "./rope-schema.js";
import { authorsFactor, transformersFactor } from "./yarn.js";

/** The fields of a config.json that say how positions are rotated. */
interface RopeFields {
  rope_theta?: number | undefined;
  rope_scaling?: RawRope | null | undefined;
  rope_parameters?: RawRope | null | undefined;
  max_position_embeddings: number;
}

const DEFAULT_THETA = 10_000;

/**
 * What rope_theta, rope_scaling and rope_parameters say together. YaRN is on wherever they name it, as in transformers: also in a model
 * whose context was cut back to the original one, since its weights were trained under it.
 * @param fail throws; told what is wrong
 */
export function resolveRope(
  raw: RopeFields,
  fail: (reason: string) => never,
): { ropeTheta: number; ropeScaling?: RopeScaling } {
  const { rope_scaling: scaling, rope_parameters: parameters } = raw;
  const thetas = [
    ["rope_theta", raw.rope_theta],
    ["rope_scaling.rope_theta", scaling?.rope_theta],
    ["rope_parameters.rope_theta", parameters?.rope_theta],
  ] as const;
  const [first, ...others] = thetas.filter(([, theta]) => theta !== undefined);
  for (const [name, theta] of others)
    if (theta !== first![1]) fail(`${name} is ${theta}, but ${first![0]} is ${first![1]}`);
  const ropeTheta = first?.[1] ?? DEFAULT_THETA;
  const found = [
    ...(scaling ? [resolveScaling(scaling, "rope_scaling", raw, fail)] : []),
    ...(parameters ? [resolveScaling(parameters, "rope_parameters", raw, fail)] : []),
  ];
  if (found.length === 2 && JSON.stringify(found[0]) !== JSON.stringify(found[1]))
    fail("rope_scaling and rope_parameters describe different rotations");
  return { ropeTheta, ...(found[0] ? { ropeScaling: found[0] } : {}) };
}

/** YaRN as one of the two objects describes it; undefined for the default rotation. */
function resolveScaling(
  raw: RawRope,
  where: string,
  { max_position_embeddings: context }: RopeFields,
  fail: (reason: string) => never,
): RopeScaling | undefined {
  const kind = raw.rope_type ?? raw.type;
  if (raw.type && raw.rope_type && raw.type !== raw.rope_type)
    fail(`${where}.type is "${raw.type}", but rope_type is "${raw.rope_type}"`);
  if (!kind) {
    const { rope_theta, ...rest } = raw;
    if (rope_theta !== undefined && Object.keys(rest).length === 0) return undefined;
    return fail(`${where} has no type; "yarn" and "default" are the ones this architecture uses`);
  }
  if (raw.partial_rotary_factor !== undefined && raw.partial_rotary_factor !== 1)
    fail(
      `${where}.partial_rotary_factor ${raw.partial_rotary_factor} is not 1, but all of qk_rope_head_dim is rotated`,
    );
  if (kind === "default") return undefined;
  const original = raw.original_max_position_embeddings;
  if (original === undefined) return fail(`${where}.original_max_position_embeddings is missing`);
  if (raw.factor === undefined)
    return fail(`${where}.factor is missing (${context} / ${original} would be ${context / original})`);
  const betaFast = raw.beta_fast ?? 32;
  const betaSlow = raw.beta_slow ?? 1;
  if (betaFast < betaSlow) fail(`${where}.beta_fast ${betaFast} is below beta_slow ${betaSlow}`);
  const scaling: RopeScaling = {
    factor: raw.factor,
    originalMaxPositionEmbeddings: original,
    betaFast,
    betaSlow,
    mscale: raw.mscale ?? 1,
    mscaleAllDim: raw.mscale_all_dim ?? 0,
  };
  // Whoever wrote rope_parameters computes with transformers.
  const { factor, mscale, mscale_all_dim: mscaleAllDim } = raw;
  const unnamed = where === "rope_parameters" ? transformersFactor({ factor, mscale, mscaleAllDim }) : undefined;
  const attentionFactor = raw.attention_factor ?? unnamed ?? authorsFactor(scaling);
  return attentionFactor === authorsFactor(scaling) ? scaling : { ...scaling, attentionFactor };
}
