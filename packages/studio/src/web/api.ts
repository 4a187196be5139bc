/** Requests to the studio's API: JSON both ways, and server-sent events that resume by themselves. */

/** An answer that is not 2xx, or none at all: `status` is 0 while the server is away. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  constructor(
    readonly status: number,
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

export interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * Sends a request under `/studio/api`, with the header that tells the server it is ours.
 * @throws RequestError
 */
export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  const { method = "GET", body, headers = {}, signal } = options;
  const response = await fetch(`/studio/api/${path}`, {
    method,
    headers: {
      "x-cachalot-studio": "1",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new RequestError(0, "the server does not answer", "unreachable");
  });
  if (response.ok) return response;
  const { error } = (await response.json().catch(() => ({}))) as { error?: { message: string; code: string } };
  throw new RequestError(response.status, error?.message ?? response.statusText, error?.code ?? "unknown");
}

/** @throws RequestError */
export async function getJson<T>(path: string, options: RequestOptions = {}): Promise<T> {
  return (await (await request(path, options)).json()) as T;
}

/**
 * Listens to a stream of events under `/studio/api` until it ends; the browser reconnects and resumes.
 * @returns stops listening
 */
export function listen<Event extends { type: string }>(
  path: string,
  {
    onEvent,
    onEnd,
    onTrouble,
  }: {
    onEvent(event: Event): void;
    onEnd?(): void;
    /** @param gone the server refuses the stream; else it is asked for again */
    onTrouble?(gone: boolean): void;
  },
): () => void {
  const source = new EventSource(`/studio/api/${path}`);
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data as string) as Event;
    if (event.type !== "end") return onEvent(event);
    source.close();
    onEnd?.();
  };
  source.onerror = () => onTrouble?.(source.readyState === EventSource.CLOSED);
  return () => source.close();
}
