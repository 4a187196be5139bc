import { useState } from "preact/hooks";
import type { RolloutFiles, RolloutGroup, RolloutGroups } from "../../../wire/rollouts.js";
import { BASE, navigate, query } from "../../shell/router.js";
import { number } from "../../ui/format.js";
import { useResource } from "../../ui/use-resource.js";
import type { PageProps } from "../page.js";
import { GroupView } from "./group-view.js";
import { RewardHistogram } from "./reward-histogram.js";
import { words } from "./words.js";
import "../../ui/conversation.css";
import "./rollouts.css";

/** Groups drawn at once. */
const SHOWN = 12;

export default function RolloutsPage({ params }: PageProps) {
  const w = words();
  const run = params.run!;
  const path = `rollouts/${encodeURIComponent(run)}`;
  const files = useResource<RolloutFiles>(path);
  const wanted = new URLSearchParams(query.value).get("file");
  const names = files.value?.files.map(({ name }) => name) ?? [];
  const file =
    wanted && names.includes(wanted) ? wanted : (names.findLast((name) => !name.includes("heldout")) ?? names.at(-1));
  const step = useResource<RolloutGroups>(file === undefined ? "" : `${path}/groups?file=${encodeURIComponent(file)}`);
  const [range, setRange] = useState<[number, number]>([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  const [shown, setShown] = useState(SHOWN);
  const groups = (step.value?.groups ?? []).filter((group) => fits(group, range));
  return (
    <main>
      <p class="back">
        <a href={`${BASE}/train/${encodeURIComponent(run)}`}>
          ← {w.training}: {run}
        </a>
      </p>
      <h1>{w.title}</h1>
      {(files.error ?? step.error) && <p class="error">{files.error ?? step.error}</p>}
      {files.value && names.length === 0 && <p class="quiet">{w.none}</p>}
      {names.length > 0 && (
        <div class="bar">
          <label>
            {w.step}
            <select
              value={file ?? ""}
              onChange={({ currentTarget }) =>
                navigate(`/rollouts/${encodeURIComponent(run)}?file=${encodeURIComponent(currentTarget.value)}`)
              }
            >
              {names.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <Bound label={w.least} onValue={(value) => setRange([value ?? Number.NEGATIVE_INFINITY, range[1]])} />
          <Bound label={w.most} onValue={(value) => setRange([range[0], value ?? Number.POSITIVE_INFINITY])} />
          <span class="quiet">
            {number(groups.length)} {w.groups}
          </span>
        </div>
      )}
      {step.value && <RewardHistogram groups={step.value.groups} range={range} onRange={setRange} />}
      {groups.slice(0, shown).map((group) => (
        <GroupView key={`${file} ${group.group}`} path={path} file={file!} group={group} />
      ))}
      {groups.length > shown && (
        <button type="button" onClick={() => setShown(shown + SHOWN)}>
          + {number(groups.length - shown)} {w.groups}
        </button>
      )}
    </main>
  );
}

function Bound({ label, onValue }: { label: string; onValue(value: number | undefined): void }) {
  return (
    <label>
      {label}
      <input
        type="number"
        step="0.1"
        class="bound"
        onInput={({ currentTarget: { value } }) => onValue(value === "" ? undefined : Number(value))}
      />
    </label>
  );
}

/** A group stays whole where one of its rollouts fits: its rewards are compared. */
const fits = ({ rollouts }: RolloutGroup, [least, most]: readonly [number, number]): boolean =>
  rollouts.some(({ reward }) =>
    reward === null ? least === Number.NEGATIVE_INFINITY : reward >= least && reward <= most,
  );
