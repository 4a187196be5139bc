import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { replaceAtomic } from "@cachalot/files";

/** Writes JSON lines row by row beside the file, which then takes its place. Returns how many. */
export async function writeRows(
  file: string,
  rows: AsyncIterable<object>,
  onRows: (written: number) => void,
): Promise<number> {
  let written = 0;
  await mkdir(dirname(file), { recursive: true });
  await replaceAtomic(file, async (temporary) => {
    const stream = createWriteStream(temporary, { flags: "wx" });
    try {
      for await (const row of rows) {
        if (!stream.write(`${JSON.stringify(row)}\n`)) await once(stream, "drain");
        if (++written % 100 === 0) onRows(written);
      }
      stream.end();
      await once(stream, "close");
    } finally {
      stream.destroy();
    }
  });
  return written;
}
