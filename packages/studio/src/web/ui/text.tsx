import { useState } from "preact/hooks";
import { dictionary } from "../shell/words.js";
import { number } from "./format.js";

const words = dictionary({ all: "Show all", characters: "characters" }, { all: "显示全部", characters: "个字符" });

/** Characters shown before somebody asks for more. */
const SHORT = 1200;

/** A text as it is, long ones folded. `load` brings the rest of what the server cut. */
export function Text({
  text,
  mono = false,
  omitted = 0,
  load,
}: {
  text: string;
  mono?: boolean;
  omitted?: number;
  load?: () => void;
}) {
  const [open, setOpen] = useState(false);
  const folded = !open && text.length > 1.3 * SHORT;
  const rest = omitted + (folded ? text.length - SHORT : 0);
  return (
    <div class={mono ? "text mono" : "text"}>
      {folded ? `${text.slice(0, SHORT)}…` : text}
      {rest > 0 && (folded || load) && (
        <button
          type="button"
          class="more"
          onClick={() => {
            setOpen(true);
            if (omitted > 0) load?.();
          }}
        >
          {words().all} (+{number(rest)} {words().characters})
        </button>
      )}
    </div>
  );
}
