import type { ServerFacts } from "../../../wire/server-facts.js";
import { useResource } from "../../ui/use-resource.js";
import { words } from "./words.js";

export default function EnginePage() {
  const facts = useResource<ServerFacts>("server");
  const w = words();
  return (
    <main>
      <h1>{w.title}</h1>
      {facts.value && (
        <dl>
          <dt>{w.model}</dt>
          <dd>{facts.value.model.id}</dd>
          <dt>{w.context}</dt>
          <dd>
            {facts.value.model.contextLength.toLocaleString()} {w.tokens}
          </dd>
        </dl>
      )}
    </main>
  );
}
