/** The hosts that are known, by the name `--profile` takes. */

import type { EndpointProfile } from "../endpoint-profile.js";
import { deepseek } from "./deepseek.js";
import { generic } from "./generic.js";
import { sglang } from "./sglang.js";
import { vllm } from "./vllm.js";

const PROFILES = { vllm, sglang, deepseek, generic };

export type EndpointProfileName = keyof typeof PROFILES;

export const ENDPOINT_PROFILES: Readonly<Record<EndpointProfileName, EndpointProfile>> = PROFILES;
