import type { ShownRecord } from "../../../wire/run-events.js";
import { Conversation, Message } from "../../ui/conversation.js";
import { number, percent, seconds } from "../../ui/format.js";
import { Text } from "../../ui/text.js";
import { StateBadge } from "./state-badge.js";
import { words } from "./words.js";

/** One record of a trace. */
export function RecordView({ shown, expand }: { shown: ShownRecord; expand(n: number): void }) {
  const w = words();
  const { n, record, omitted } = shown;
  const load = () => expand(n);
  switch (record.type) {
    case "run":
      return (
        <>
          <Conversation messages={record.messages} />
          {record.tools.length > 0 && (
            <p class="quiet small">
              {w.tools}: {record.tools.map((tool) => tool.function.name).join(", ")}
            </p>
          )}
        </>
      );
    case "prompt": {
      const { step, purpose, promptTokens, reusedTokens, estimated } = record;
      return (
        <p class="divider">
          <b>{purpose === "summary" ? w.summary : `${w.step} ${step + 1}`}</b> · {estimated ? "~" : ""}
          {number(promptTokens)} {w.unit}
          {promptTokens > 0 && ` · ${percent(reusedTokens / promptTokens)} ${w.seen}`}
        </p>
      );
    }
    case "model":
      return (
        <div class="said assistant">
          <Message message={record.message} />
          <p class="quiet small facts">
            {number(record.usage.completionTokens)} {w.unit} · {seconds(record.durationMs)} · {record.finishReason}
            {omitted > 0 && (
              <button type="button" class="more" onClick={load}>
                +{number(omitted)}
              </button>
            )}
          </p>
        </div>
      );
    case "tool":
      return (
        <div class={record.isError ? "said tool failed" : "said tool"}>
          <span class="role">
            {record.isError ? w.error : w.result} · {record.name} · {seconds(record.durationMs)}
          </span>
          <Text text={record.content} mono omitted={omitted} load={load} />
        </div>
      );
    case "context":
      return (
        <p class="context-cut">
          <span aria-hidden="true">✂</span> {w.cut} ({record.strategy}): {number(record.before)} →{" "}
          {number(record.after)} {w.unit}, {record.removedCalls.length} {w.removed}
          {record.removedCalls.length > 0 && (
            <span class="quiet small"> {record.removedCalls.slice(0, 12).join(", ")}</span>
          )}
        </p>
      );
    case "tools":
      return (
        <p class="divider">
          {w.toolsChanged}: {record.tools.map((tool) => tool.function.name).join(", ")}
        </p>
      );
    case "output-rejected":
      return (
        <p class="error">
          {w.rejected}: {record.problems.join("; ")}
        </p>
      );
    case "end":
      return (
        <p class="divider">
          {w.ended}: <StateBadge state={record.stopped} /> {record.explanation}
        </p>
      );
    case "error":
      return <p class="error">{record.message}</p>;
  }
}
