import { readFile } from "node:fs/promises";

/** The text of programs of `guest/`, one after the other: it is handed to an interpreter inside, which sees no file of the host. */
export async function guestProgram(...names: string[]): Promise<string> {
  const read = (name: string) => readFile(new URL(`../guest/${name}`, import.meta.url), "utf8");
  return (await Promise.all(names.map(read))).join("\n");
}
