/** Memoisation by plan: what a process has open for runs that say the same, opened when it is first asked for. */
export interface OncePerPlan<Plan, Opened> {
  /** What failed is opened anew the next time: it may have been mended. */
  of(plan: Plan): Promise<Opened>;
  /** All that were opened. */
  opened(): Promise<Opened>[];
}

/** @param open what is told of a plan, which is plain JSON */
export function oncePerPlan<Plan, Opened>(open: (plan: Plan) => Promise<Opened>): OncePerPlan<Plan, Opened> {
  const known = new Map<string, Promise<Opened>>();
  return {
    of(plan) {
      const key = JSON.stringify(plan);
      const opening = known.get(key) ?? open(plan);
      known.set(key, opening);
      opening.catch(() => known.delete(key));
      return opening;
    },
    opened: () => [...known.values()],
  };
}
