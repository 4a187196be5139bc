import type { EngineState } from "../../../wire/engine.js";
import { number } from "../../ui/format.js";
import { words } from "./words.js";

type Run = NonNullable<EngineState["engine"]>["prefixes"][number];

/** Runs in the order of a tree that is read from the top: each followed by what goes on from it. */
function inOrder(runs: readonly Run[]): { run: Run; depth: number; key: number }[] {
  const children = new Map<number | undefined, number[]>();
  for (const [i, { parent }] of runs.entries()) children.set(parent, [...(children.get(parent) ?? []), i]);
  const walk = (parent: number | undefined, depth: number): { run: Run; depth: number; key: number }[] =>
    (children.get(parent) ?? []).flatMap((i) => [{ run: runs[i]!, depth, key: i }, ...walk(i, depth + 1)]);
  return walk(undefined, 0);
}

export function PrefixTree({ runs, blockSize }: { runs: readonly Run[]; blockSize: number }) {
  const w = words();
  const most = Math.max(1, ...runs.map(({ blocks }) => blocks));
  if (runs.length === 0) return <p class="quiet">{w.treeEmpty}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scroll" tabIndex={0} aria-label={w.tree}>
      <table class="tree">
        <thead>
          <tr>
            <th>{w.begins}</th>
            <th>{w.blocks}</th>
            <th class="number">{w.users}</th>
            <th class="number">{w.lastUse}</th>
          </tr>
        </thead>
        <tbody>
          {inOrder(runs).map(({ run: { text, blocks, users, idleMs }, depth, key }) => (
            <tr key={key} class={users > 1 ? "used" : ""}>
              <td>
                <span class="indent" style={{ paddingLeft: `${Math.min(depth, 12) * 18}px` }}>
                  {depth > 0 && <span class="branch">└</span>}
                  <code>{text.replace(/\n/g, "⏎")}…</code>
                </span>
              </td>
              <td class="bar-cell">
                <span class="bar" style={{ width: `${Math.max(3, (100 * blocks) / most)}px` }} />
                {blocks} <span class="quiet">({number(blocks * blockSize)})</span>
              </td>
              <td class="number">{users - 1}</td>
              <td class="number">
                {idleMs < 1000 ? w.now : `${number(Math.round(idleMs / 1000))} ${w.seconds} ${w.ago}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
