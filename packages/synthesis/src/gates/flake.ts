import { Draw } from "@cachalot/tensor";
import { type Gate, shown } from "./gate.js";

const ZONES = ["UTC", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia", "Pacific/Kiritimati"];

/** The verdict over the same state is the same, in any order, time zone and hash seed. */
export const flake: Gate = {
  name: "flake",
  description: "the verdict does not change over shuffled repeats",
  runs: true,
  async check(subject) {
    const { repeats, seed } = subject.options;
    const draw = new Draw(seed);
    const built = await subject.built();
    const states = [
      {
        ...{ what: "the reference solution", left: (await subject.solved()).snapshot, first: await subject.oracle() },
        repeats: repeats - 1,
      },
      {
        what: "doing nothing",
        left: built.snapshot,
        first: await subject.untouched(),
        repeats: Math.ceil((repeats - 1) / 2),
      },
    ];
    const runs = draw.shuffled(states.flatMap((state) => Array.from({ length: state.repeats }, () => state)));
    const flips: string[] = [];
    for (const { what, left, first } of runs) {
      const env = { TZ: draw.one(ZONES), PYTHONHASHSEED: `${draw.integer(0, 2 ** 31)}` };
      const again = await subject.grade(left, env);
      if (again.reward !== first.reward)
        flips.push(`${what} scores ${shown(first)}, and ${shown(again)} with TZ=${env.TZ}`);
    }
    subject.evidence.flake = { runs: runs.length + states.length, flips: flips.length };
    return flips.length === 0 ? [] : [`${flips.length} of ${runs.length} repeats differ: ${flips[0]}`];
  },
};
