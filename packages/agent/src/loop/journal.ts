/**
 * Where a run's finished steps are kept. A run whose steps are known goes through them again without running them, and
 * comes to the place where it was.
 */
export interface Journal {
  /**
   * Gives what `work` gave when the run came here before; runs it otherwise. A run must come to the same names in the same
   * order each time; several may be at work at once.
   */
  step<T>(name: string, work: () => Promise<T>): Promise<Recorded<T>>;
}

export interface Recorded<T> {
  value: T;
  /** Whether it was known already. */
  replayed: boolean;
}

/** For runs that are not kept. */
export const noJournal: Journal = {
  step: async (_, work) => ({ value: await work(), replayed: false }),
};
