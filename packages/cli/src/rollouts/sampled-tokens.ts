import type { Rollout } from "@cachalot/chat";

/** Tokens that the policy of a rollout drew. */
export const sampledTokens = ({ sequences }: Rollout): number =>
  sequences.reduce((sum, { sampled }) => sum + sampled.reduce((count, bit) => count + bit, 0), 0);
