/** Corpora of attempts that run at the same time: each is opened once, and closed when the last one has ended. */

import { type Corpus, openCorpus } from "@cachalot/agent";

const open = new Map<string, { corpus: Promise<Corpus>; users: number }>();

/** @returns the corpus, and what gives it back. @throws AgentError `corpus` */
export async function borrowCorpus(path: string): Promise<{ corpus: Corpus; giveBack(): Promise<void> }> {
  const entry = open.get(path) ?? { corpus: openCorpus(path), users: 0 };
  open.set(path, entry);
  entry.users++;
  const giveBack = async () => {
    if (--entry.users > 0) return;
    open.delete(path);
    await (await entry.corpus).close();
  };
  try {
    return { corpus: await entry.corpus, giveBack };
  } catch (error) {
    open.delete(path);
    throw error;
  }
}
