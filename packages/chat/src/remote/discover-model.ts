import { ChatError } from "../errors.js";
import type { Endpoint } from "./open-stream.js";
import { brokenConnection, statusError } from "./upstream-error.js";

export interface DiscoveredModel {
  model: string;
  /** In tokens; undefined where the endpoint does not say (vLLM and SGLang call it `max_model_len`). */
  contextLength: number | undefined;
}

interface ListedModel {
  id?: unknown;
  max_model_len?: unknown;
}

/**
 * Asks an endpoint which model it serves: `name`, or the first of its list.
 *
 * @throws ChatError `upstream` when it cannot be reached, lists nothing, or does not list `name`.
 */
export async function discoverModel(endpoint: Endpoint, name?: string): Promise<DiscoveredModel> {
  const url = `${endpoint.baseUrl.replace(/\/+$/, "")}/models`;
  let response: Response;
  try {
    response = await fetch(url, {
      headers: {
        ...(endpoint.apiKey ? { authorization: `Bearer ${endpoint.apiKey}` } : {}),
        ...endpoint.headers,
      },
      signal: AbortSignal.timeout(endpoint.timeouts?.connectMs ?? 30_000),
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw brokenConnection(`Cannot reach ${url}: ${String(cause)}; check the URL and that the endpoint is up`);
  }
  const body = await response.text();
  if (!response.ok) throw statusError(url, response.status, body, response.headers.get("retry-after"));
  const listed = models(body);
  const found = name === undefined ? listed[0] : listed.find(({ id }) => id === name);
  if (typeof found?.id !== "string") {
    const names = listed.map(({ id }) => JSON.stringify(id)).join(", ") || "none";
    throw new ChatError("upstream", `${url} does not list ${name ?? "a model"}; it has ${names}`);
  }
  const { id, max_model_len: length } = found;
  return { model: id, contextLength: typeof length === "number" && length > 0 ? length : undefined };
}

function models(body: string): ListedModel[] {
  try {
    const { data } = JSON.parse(body) as { data?: unknown };
    return Array.isArray(data) ? data.filter((item) => typeof item === "object" && item !== null) : [];
  } catch {
    return [];
  }
}
