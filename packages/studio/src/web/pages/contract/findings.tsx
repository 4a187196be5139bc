import type { Encoding } from "../../../wire/encoding.js";
import { words } from "./words.js";

/** What the doctor says, message by message: what is wrong, and behind the semicolon how to put it right. */
export function Findings({ findings }: Pick<Encoding, "findings">) {
  const w = words();
  return (
    <section class="findings" aria-label={w.findings}>
      <h2>{w.findings}</h2>
      {findings.length === 0 && <p class="good">✓ {w.noFindings}</p>}
      <ul>
        {findings.map(({ rule, path, message }) => (
          <li key={`${rule} ${path} ${message}`}>
            <p>
              <strong>{rule}</strong> <code>{path}</code>
            </p>
            <p>{sentence(message.split("; ")[0]!)}</p>
            {message.includes("; ") && <p class="fix">→ {sentence(message.slice(message.indexOf("; ") + 2))}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
