/** How a checkpoint is fetched from a web server. */
export interface HttpSourceOptions {
  /** Requests under way at once. Default 6. */
  concurrency?: number;
  /** Tries beyond the first, for a request that fails or that the server cannot answer now. Default 4. */
  retries?: number;
  /** Wait before the first of them, in milliseconds; twice as long before each further one. Default 250. */
  retryDelayMs?: number;
  /** Bytes asked for at once; small tensors that lie together come in one request. Default 4 MiB. */
  chunkBytes?: number;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>;
}
