import { readFile } from "node:fs/promises";

/** The text of a program of `guest/`, which is handed to an interpreter inside: no file of the host is shown there. */
export const guestProgram = (name: string): Promise<string> =>
  readFile(new URL(`../guest/${name}`, import.meta.url), "utf8");
