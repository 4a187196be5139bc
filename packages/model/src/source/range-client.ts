import type { HttpSourceOptions } from "./http-options.js";
import type { Limit } from "./limit.js";
import type { SourceFile } from "./source.js";

/** Longest wait a server's Retry-After is followed for, in milliseconds. */
const LONGEST_WAIT_MS = 30_000;

/** An answer that is worth asking for again. */
class TryAgain extends Error {
  constructor(
    message: string,
    readonly afterMs?: number,
  ) {
    super(message);
  }
}

/** Asks a web server for parts of files (HTTP Range requests), again where that may help. */
export class RangeClient {
  constructor(
    private readonly options: HttpSourceOptions,
    private readonly limit: Limit,
  ) {}

  /** A file by its address; undefined where the server has none. */
  async inspect(address: string): Promise<SourceFile | undefined> {
    const found = await this.request(address, { range: "bytes=0-0" }, async (response) => {
      const { status, headers } = response;
      if (status === 404 || status === 410) return undefined;
      const etag = headers.get("etag");
      // The only byte of an empty file cannot be sent.
      if (status === 416) return { size: 0, etag, whole: new Uint8Array() };
      if (status === 200) return { size: 0, etag, whole: new Uint8Array(await response.arrayBuffer()) };
      const size = Number(/\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1]);
      if (status !== 206 || !Number.isSafeInteger(size)) throw unexpected(address, response);
      await response.arrayBuffer();
      return { size, etag, whole: undefined };
    });
    if (!found) return undefined;
    const { whole } = found;
    return {
      path: address,
      size: whole?.length ?? found.size,
      read: async (offset, length) =>
        whole ? whole.slice(offset, offset + length) : this.range(address, offset, length, found.etag),
      close: async () => undefined,
    };
  }

  private range(
    address: string,
    offset: number,
    length: number,
    etag: string | null,
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (length <= 0) return Promise.resolve(new Uint8Array());
    return this.request(address, { range: `bytes=${offset}-${offset + length - 1}` }, async (response) => {
      if (response.status !== 206) throw unexpected(address, response);
      if (response.headers.get("etag") !== etag)
        throw new Error(`${address} changed while it was read; load the checkpoint again`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (bytes.length !== length)
        throw new TryAgain(`${address} sent ${bytes.length} bytes where ${length} were asked for`);
      return bytes;
    });
  }

  /** Sends a request until `accept` takes an answer, or the tries are used up. */
  private async request<T>(
    address: string,
    headers: Record<string, string>,
    accept: (response: Response) => Promise<T>,
  ): Promise<T> {
    const { retries = 4, retryDelayMs = 250 } = this.options;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.limit.run(async () => accept(await this.fetchOnce(address, headers)));
      } catch (error) {
        // A broken connection is a TypeError of fetch, also while the body is read.
        if (!(error instanceof TryAgain || error instanceof TypeError)) throw error;
        if (attempt >= retries) throw new Error(`${address}: ${error.message}, after ${attempt + 1} tries`);
        const asked = error instanceof TryAgain ? error.afterMs : undefined;
        const wait = Math.min(Math.max(asked ?? 0, retryDelayMs * 2 ** attempt), LONGEST_WAIT_MS);
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  private async fetchOnce(address: string, headers: Record<string, string>): Promise<Response> {
    const response = await fetch(address, { headers: { ...this.options.headers, ...headers } });
    if (response.status < 500 && response.status !== 429 && response.status !== 408) return response;
    await response.body?.cancel();
    const seconds = Number(response.headers.get("retry-after"));
    throw new TryAgain(`the server answers ${response.status}`, seconds > 0 ? seconds * 1000 : undefined);
  }
}

function unexpected(address: string, { status }: Response): Error {
  return new Error(`${address}: the server answers ${status}; check the address and that it may be read`);
}
