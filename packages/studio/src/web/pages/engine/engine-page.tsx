import "./engine.css";
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { EngineState } from "../../../wire/engine.js";
import type { ServerFacts } from "../../../wire/server-facts.js";
import { listen } from "../../api.js";
import { number } from "../../ui/format.js";
import { useResource } from "../../ui/use-resource.js";
import { PrefixTree } from "./prefix-tree.js";
import { Sequences } from "./sequences.js";
import { NO_SPEED, type Speed, withState } from "./speed.js";
import { SpeedChart } from "./speed-chart.js";
import { words } from "./words.js";

type Engine = NonNullable<EngineState["engine"]>;

export default function EnginePage() {
  const facts = useResource<ServerFacts>("server");
  const state = useSignal<EngineState | undefined>(undefined);
  const speed = useSignal<Speed>(NO_SPEED);
  useEffect(
    () =>
      listen<EngineState>("engine/events", {
        onEvent(next) {
          const { engine } = next;
          if (engine) speed.value = withState(speed.value, state.value?.engine, engine, Date.now() / 1000);
          state.value = next;
        },
      }),
    [state, speed],
  );
  const w = words();
  const { own = true, engine, restarts = 0 } = state.value ?? {};
  const { model } = facts.value ?? {};
  return (
    <main class="engine">
      <h1>{w.title}</h1>
      {model && (
        <p class="quiet">
          {model.id} · {number(model.contextLength)}
          {engine && ` · ${number(engine.totals.steps)} ${w.steps}`}
          {restarts > 0 && ` · ${restarts} ${w.restarts}`}
        </p>
      )}
      {!own && <p class="card">{w.elsewhere}</p>}
      {own && !engine && <p class="card">{state.value ? w.away : w.connecting}</p>}
      {engine && <Working engine={engine} speed={speed.value} />}
    </main>
  );
}

function Working({ engine, speed }: { engine: Engine; speed: Speed }) {
  const w = words();
  const { sequences, blocks, totals, prefixes, prefixBlocks, maxSequences } = engine;
  const running = sequences.filter(({ status }) => status === "running").length;
  const share = blocks.used / (blocks.used + blocks.free);
  return (
    <>
      <dl class="figures">
        <Figure name={w.sequences} value={running} note={`/ ${maxSequences} ${w.slots}`} share={running / maxSequences}>
          {sequences.length - running} {w.waiting}
        </Figure>
        <Figure name={w.speed} value={(speed.generated.at(-1) ?? 0).toFixed(0)} note={w.generating}>
          {number(Math.round(speed.read.at(-1) ?? 0))} {w.reading}
        </Figure>
        <Figure name={w.cache} value={number(blocks.used)} note={w.blocksUsed} share={share}>
          {number(blocks.free)} {w.blocksFree} · {number(prefixBlocks)} {w.ofTree} · {blocks.size} {w.blockOf}
        </Figure>
        {totals.drafted > 0 ? (
          <Figure
            name={w.drafts}
            value={`${Math.round((100 * totals.accepted) / totals.drafted)} %`}
            note={w.accepted}
            share={totals.accepted / totals.drafted}
          >
            {number(totals.accepted)} / {number(totals.drafted)}
          </Figure>
        ) : (
          <Figure name={w.drafts} value="–">
            {w.noDrafts}
          </Figure>
        )}
      </dl>
      <section class="card">
        <h2>{w.speed}</h2>
        <SpeedChart speed={speed} />
      </section>
      <section class="card">
        <h2>{w.sequences}</h2>
        <Sequences sequences={sequences} />
      </section>
      <section class="card">
        <h2>{w.tree}</h2>
        <p class="quiet">{w.treeHint}</p>
        <PrefixTree runs={prefixes} blockSize={blocks.size} />
      </section>
    </>
  );
}

function Figure(props: {
  name: string;
  value: string | number;
  note?: string;
  share?: number;
  children: ComponentChildren;
}) {
  const { name, value, note, share, children } = props;
  return (
    <div class="card figure">
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong> {note}
        {share !== undefined && <meter min={0} max={1} value={share} aria-label={name} />}
        <span class="quiet">{children}</span>
      </dd>
    </div>
  );
}
