/** What a list leaves out because its files cannot be read, and why. */
import { dictionary } from "../shell/words.js";

const words = dictionary({ unreadable: "cannot be read" }, { unreadable: "无法读取" });

export function Unreadable({ entries = [] }: { entries: readonly { id: string; reason: string }[] | undefined }) {
  return (
    <>
      {entries.map(({ id, reason }) => (
        <p key={id} class="error small">
          {id} {words().unreadable}: {reason}
        </p>
      ))}
    </>
  );
}
