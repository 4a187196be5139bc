import type { ToolDefinition } from "@cachalot/chat";
import { useState } from "preact/hooks";
import { words } from "./words.js";

interface Property {
  type?: string | string[];
  description?: string;
  enum?: unknown[];
}

/** A tool as a form: a field for each of its arguments. */
export function ToolForm({
  tool,
  busy,
  onCall,
}: {
  tool: ToolDefinition;
  busy: boolean;
  onCall(name: string, args: Record<string, unknown>): void;
}) {
  const w = words();
  const { name, description, parameters } = tool.function;
  const { properties = {}, required = [] } = (parameters ?? {}) as {
    properties?: Record<string, Property>;
    required?: string[];
  };
  const [problem, setProblem] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    try {
      const given = Object.entries(properties).flatMap(([field, property]) => {
        const text = String(data.get(field) ?? "");
        return text === "" && !required.includes(field) ? [] : [[field, argumentFrom(text, property)] as const];
      });
      setProblem("");
      onCall(name, Object.fromEntries(given));
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <form class="tool" onSubmit={submit}>
      <h3>{name}</h3>
      {description && <p class="quiet small">{description}</p>}
      {Object.entries(properties).map(([field, property]) => (
        <label key={field}>
          <span>
            {field} {!isText(property) && <span class="quiet small">{w.json}</span>}
          </span>
          <input name={field} title={property.description} required={required.includes(field)} autocomplete="off" />
          {property.description && <span class="quiet small">{property.description}</span>}
        </label>
      ))}
      {problem && <p class="error small">{problem}</p>}
      <button type="submit" disabled={busy}>
        {w.call} {name}
      </button>
    </form>
  );
}

const isText = ({ type }: Property): boolean => type === undefined || type === "string";

/** @throws SyntaxError for what must be JSON and is none */
function argumentFrom(text: string, property: Property): unknown {
  return isText(property) ? text : JSON.parse(text);
}
