/** An export of a run: its bytes in a format that others read. */

import type { StoredRun } from "../run/run-directory.js";

export interface RunExport {
  /** As `--format` takes it. */
  name: string;
  description: string;
  /** Of the file, with its dot. */
  extension: string;
  write(run: StoredRun): string | Uint8Array;
}
