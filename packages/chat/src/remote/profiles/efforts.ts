/** What hosts call the degrees of thinking. */

import type { EffortNames } from "../endpoint-profile.js";

/** DeepSeek-V4 thinks to three degrees; api-docs.deepseek.com maps the other names so. */
export const V4_EFFORTS: EffortNames = {
  minimal: "low",
  low: "low",
  medium: "high",
  high: "high",
  xhigh: "max",
  max: "max",
  ultra: "max",
};

/** A host that may serve anything gets what the client said. */
export const SAME_EFFORTS: EffortNames = {
  minimal: "minimal",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "max",
  ultra: "ultra",
};
