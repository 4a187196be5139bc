/** Lints a captured chat request: which message breaks which rule of V3.2's contract. */

import { ChatError } from "../errors.js";
import type { EndpointProfile } from "../remote/endpoint-profile.js";
import { ENDPOINT_PROFILES, type EndpointProfileName } from "../remote/profiles/index.js";
import type { CapturedMessage, CapturedRequest, Finding, Rule } from "./finding.js";
import { developerRole, lastMessage, shape, specialToken } from "./message-rules.js";
import {
  refusedParameter,
  responseFormat,
  servedField,
  thinkingConflict,
  thinkingSwitch,
  thinkingSwitches,
  toolChoice,
} from "./parameter-rules.js";
import { leakedCalls, missingReasoning, reasoningField, reasoningInContent } from "./reasoning-rules.js";
import {
  callArguments,
  callId,
  resultOrder,
  specialeTools,
  strayResult,
  unansweredCall,
  unknownTool,
} from "./tool-rules.js";

/** Every rule, in the order of the documentation. */
export const DOCTOR_RULES: readonly Rule[] = [
  shape,
  missingReasoning,
  reasoningField,
  reasoningInContent,
  leakedCalls,
  unansweredCall,
  strayResult,
  resultOrder,
  callId,
  callArguments,
  unknownTool,
  specialeTools,
  developerRole,
  specialToken,
  lastMessage,
  thinkingConflict,
  thinkingSwitch,
  refusedParameter,
  toolChoice,
  responseFormat,
  servedField,
];

export interface DiagnoseOptions {
  /** Where the request was to go. Default "generic". */
  profile?: EndpointProfileName | EndpointProfile;
  /** The model is DeepSeek-V3.2-Speciale. */
  speciale?: boolean;
}

const isObject = (value: unknown): value is CapturedMessage =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function capture(value: unknown, { profile = "generic", speciale = false }: DiagnoseOptions): CapturedRequest {
  const body = Array.isArray(value) ? { messages: value as unknown[] } : value;
  if (!isObject(body)) {
    throw new ChatError("invalid_request", "A request is a JSON object, or its list of messages; capture the body");
  }
  const messages = Array.isArray(body.messages) ? (body.messages as unknown[]) : [];
  return {
    body,
    messages: messages.map((message) => (isObject(message) ? message : {})),
    profile: typeof profile === "string" ? ENDPOINT_PROFILES[profile] : profile,
    thinking: speciale || thinkingSwitches(body).every(([, on]) => on),
    speciale,
  };
}

/**
 * What is wrong with a chat request, in the order of its messages; what concerns the whole request comes first. Never
 * fails for a malformed request: that is a finding too.
 *
 * @param value the request's body as JSON, or its messages alone
 * @throws ChatError `invalid_request` when `value` is neither.
 */
export function diagnoseRequest(value: unknown, options: DiagnoseOptions = {}): Finding[] {
  const request = capture(value, options);
  const findings = DOCTOR_RULES.flatMap((rule) =>
    rule.check(request).map((finding) => ({ rule: rule.id, ...finding })),
  );
  return findings.sort((a, b) => (a.index ?? -1) - (b.index ?? -1));
}
