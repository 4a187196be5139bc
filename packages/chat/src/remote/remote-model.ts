/** Models behind an OpenAI-compatible endpoint, as if they were local. */

import type { ChatModel } from "../chat-model.js";
import type { CompletionModel } from "../completion-model.js";
import { ChatError } from "../errors.js";
import type { RetentionPolicy } from "../prompt/retention.js";
import type { EndpointProfile } from "./endpoint-profile.js";
import { createMessagesModel } from "./messages-model.js";
import type { Endpoint } from "./open-stream.js";
import { ENDPOINT_PROFILES, type EndpointProfileName } from "./profiles/index.js";
import { createRawChatModel } from "./raw-chat-model.js";
import { type CompletionEndpoint, createRemoteCompletions } from "./remote-completions.js";
import { type RetryOptions, retryDefaults } from "./retry.js";
import { createThinkingOnlyModel } from "./thinking-only-model.js";

export interface RemoteModelOptions extends Endpoint {
  /** The model's name at the endpoint. */
  model: string;
  /** Default "generic". An object of one's own describes any other host. */
  profile?: EndpointProfile | EndpointProfileName;
  /**
   * `messages` (default): the endpoint renders the prompt and parses the answer (`/chat/completions`).
   * `raw`: both happen here, exactly (`/completions`); broken streams are continued.
   */
  mode?: "messages" | "raw";
  /** Which reasoning of the history is sent. Default: the profile's. Raw mode has its own, the model's. */
  retention?: RetentionPolicy;
  /** In tokens. Default 131072. */
  contextLength?: number;
  retry?: RetryOptions;
  /** Version of the weights the endpoint has now: recorded tokens carry it. Default 0. */
  weightsVersion?: () => number;
  /** The model is DeepSeek-V3.2-Speciale: it always thinks and knows no tools. */
  speciale?: boolean;
}

function endpointOf(options: RemoteModelOptions): CompletionEndpoint {
  const { profile: named = "generic", model, contextLength = 131_072, retry } = options;
  const profile = typeof named === "string" ? ENDPOINT_PROFILES[named] : named;
  if (profile === undefined) {
    const known = Object.keys(ENDPOINT_PROFILES).join(", ");
    throw new ChatError("invalid_request", `There is no profile ${JSON.stringify(named)}; use ${known}`, "profile");
  }
  if (!URL.canParse(options.baseUrl)) {
    const url = JSON.stringify(options.baseUrl);
    throw new ChatError("invalid_request", `${url} is no URL; give one such as http://127.0.0.1:8000/v1`, "baseUrl");
  }
  if (options.retention !== undefined && options.mode === "raw") {
    throw new ChatError(
      "invalid_request",
      "In raw mode the prompt keeps what V3.2 keeps; leave retention out",
      "retention",
    );
  }
  const { retention = profile.retention } = options;
  const { weightsVersion } = options;
  return {
    ...{ endpoint: options, profile: { ...profile, retention }, model, contextLength, weightsVersion },
    retry: retryDefaults(retry),
  };
}

/**
 * The raw completions of a remote model.
 *
 * @throws ChatError `invalid_request` when the profile's host has no such route.
 */
export function createRemoteCompletionModel(options: RemoteModelOptions): CompletionModel {
  const source = endpointOf(options);
  if (source.profile.raw === undefined) {
    throw new ChatError(
      "invalid_request",
      `${source.profile.name} endpoints offer no raw completions; use mode "messages"`,
      "mode",
    );
  }
  return createRemoteCompletions(source);
}

/**
 * A ChatModel over HTTP, with retries and timeouts. Nothing is requested before `generate`.
 *
 * @throws ChatError `invalid_request` for an unknown profile, a base URL that is none, or raw mode where the host has
 * no raw completions.
 */
export function createRemoteModel(options: RemoteModelOptions): ChatModel {
  const model =
    options.mode === "raw"
      ? createRawChatModel(createRemoteCompletionModel(options))
      : createMessagesModel(endpointOf(options));
  return options.speciale ? createThinkingOnlyModel(model) : model;
}
