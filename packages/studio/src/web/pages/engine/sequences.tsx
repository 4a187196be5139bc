import type { EngineState } from "../../../wire/engine.js";
import { number } from "../../ui/format.js";
import { words } from "./words.js";

type Sequence = NonNullable<EngineState["engine"]>["sequences"][number];

export function Sequences({ sequences }: { sequences: readonly Sequence[] }) {
  const w = words();
  if (sequences.length === 0) return <p class="quiet">{w.idle}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scroll" tabIndex={0} aria-label={w.sequences}>
      <table>
        <thead>
          <tr>
            <th>{w.id}</th>
            <th>{w.status}</th>
            <th class="number">{w.prompt}</th>
            <th class="number">{w.fromCache}</th>
            <th class="number">{w.generated}</th>
            <th class="number">{w.blocks}</th>
            <th class="number">{w.shared}</th>
          </tr>
        </thead>
        <tbody>
          {sequences.map(({ id, status, promptTokens, cachedTokens, generatedTokens, blocks, ...rest }) => (
            <tr key={id}>
              <td>{id}</td>
              <td>
                <span class={`state ${status}`}>{w[status]}</span>
                {rest.wasPreempted && <span title={w.preempted}> ↺</span>}
              </td>
              <td class="number">{number(promptTokens)}</td>
              <td class="number">{number(cachedTokens)}</td>
              <td class="number">{number(generatedTokens)}</td>
              <td class="number">{number(blocks)}</td>
              <td class="number">{number(rest.sharedBlocks)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
