import type { Encoding } from "../../../wire/encoding.js";
import { number } from "../../ui/format.js";
import { words } from "./words.js";

/** Which reasoning each policy sends back to the model. */
export function RetentionTable({ encoding: { policies, reasoning } }: { encoding: Encoding }) {
  const w = words();
  const kept = (policy: string) =>
    number(reasoning.reduce((sum, { tokens, keeps }) => sum + (keeps[policy] ? tokens : 0), 0));
  return (
    <section class="retention" aria-label={w.retention}>
      <h2>{w.retention}</h2>
      <p class="quiet">{reasoning.length === 0 ? w.noReasoning : w.retentionAbout}</p>
      {reasoning.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{w.message}</th>
              {policies.map((policy) => (
                <th key={policy} scope="col">
                  {policy}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {reasoning.map(({ message, tokens, keeps }) => (
              <tr key={message}>
                <th scope="row">
                  {message} <span class="quiet">{number(tokens)}</span>
                </th>
                {policies.map((policy) => (
                  <td key={policy} class={keeps[policy] ? "kept" : "dropped"}>
                    {keeps[policy] ? w.kept : w.dropped}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{w.keptTokens}</th>
              {policies.map((policy) => (
                <td key={policy}>{kept(policy)}</td>
              ))}
            </tr>
          </tfoot>
        </table>
      )}
    </section>
  );
}
