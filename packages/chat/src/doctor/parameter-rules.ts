/** Rules about the request's other fields. */

import { WIRE_NAMES } from "../remote/request-fields.js";
import { refusedField } from "../served-fields.js";
import { aboutRequest, type CapturedRequest, type Rule } from "./finding.js";

const fields = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** Each switch the body sets, by its path. */
export function thinkingSwitches(body: Readonly<Record<string, unknown>>): [path: string, on: boolean][] {
  const kwargs = fields(body.chat_template_kwargs);
  const type = fields(body.thinking).type;
  const candidates: [string, unknown][] = [
    ["chat_template_kwargs.thinking", kwargs.thinking],
    ["chat_template_kwargs.enable_thinking", kwargs.enable_thinking],
    ["enable_thinking", body.enable_thinking],
    ["thinking.type", type === undefined ? undefined : type !== "disabled"],
    ["reasoning_effort", typeof body.reasoning_effort === "string" ? body.reasoning_effort !== "none" : undefined],
  ];
  return candidates.filter((entry): entry is [string, boolean] => typeof entry[1] === "boolean");
}

/** The paths of what a profile's own switch sets, and where it reads how long to think. */
function knownSwitches({ profile }: CapturedRequest): string[] {
  const own = thinkingSwitches(profile.thinking.on as Record<string, unknown>).map(([path]) => path);
  return profile.effort?.in === "body" ? [...new Set([...own, "reasoning_effort"])] : own;
}

export const thinkingConflict: Rule = {
  id: "thinking-conflict",
  about: "Thinking is switched in one place.",
  check({ body }) {
    const switches = thinkingSwitches(body);
    const other = switches.find(([, on]) => on !== switches[0]?.[1]);
    if (other === undefined) return [];
    return [aboutRequest(other[0], `it contradicts ${switches[0]?.[0]}; keep one of them`)];
  },
};

export const thinkingSwitch: Rule = {
  id: "thinking-switch",
  about: "Thinking is switched by the field the host reads.",
  check(request) {
    const switches = thinkingSwitches(request.body);
    const known = knownSwitches(request);
    if (switches.length === 0 || switches.some(([path]) => known.includes(path))) return [];
    const [path = ""] = switches[0] ?? [];
    return [aboutRequest(path, `a ${request.profile.name} host does not read it; use ${known.join(" or ")}`)];
  },
};

export const toolChoice: Rule = {
  id: "tool-choice",
  about: "Calls are forced, or held to one, only where the host does that.",
  check({ body, profile, thinking }) {
    const { forcesCalls = "never", limitsCalls = false, name } = profile;
    const choice = body.tool_choice;
    const forced = choice !== undefined && choice !== null && choice !== "auto" && choice !== "none";
    const cannot = forcesCalls === "never" || (forcesCalls === "without-thinking" && thinking);
    const when = forcesCalls === "never" ? "" : " while the model thinks";
    const fix = forcesCalls === "never" ? 'use "auto" or "none"' : 'use "auto" or "none", or turn thinking off';
    return [
      ...(forced && cannot
        ? [aboutRequest("tool_choice", `a ${name} host refuses to force calls${when}; ${fix}`)]
        : []),
      ...(body.parallel_tool_calls === false && !limitsCalls
        ? [aboutRequest("parallel_tool_calls", `a ${name} host does not hold the model to one call; remove it`)]
        : []),
    ];
  },
};

export const responseFormat: Rule = {
  id: "response-format",
  about: "A shape for the reply is asked for in the host's way.",
  check({ body, profile }) {
    if (profile.responseFormat !== "json_object" || fields(body.response_format).type !== "json_schema") return [];
    const fix = "send json_object and put the schema in the system message, as `cachalot serve --upstream` does";
    return [aboutRequest("response_format", `a ${profile.name} host knows no json_schema; ${fix}`)];
  },
};

export const servedField: Rule = {
  id: "served-field",
  about: "Fields are ones that `cachalot serve` takes; others are refused there, and ignored by many hosts.",
  check({ body }) {
    return Object.entries(body).flatMap(([name, value]) => {
      const refusal = refusedField("chat", name, value);
      return refusal === undefined ? [] : [aboutRequest(name, refusal.replace(`${name} `, ""))];
    });
  },
};

export const refusedParameter: Rule = {
  id: "refused-parameter",
  about: "Parameters are ones the host knows.",
  check({ body, profile, thinking }) {
    const refusals = [
      ...profile.refused.map((name) => ({ name, when: "" })),
      ...(thinking ? profile.refusedThinking.map((name) => ({ name, when: " while the model thinks" })) : []),
    ];
    return refusals.flatMap(({ name, when }) => {
      const wire = WIRE_NAMES[name];
      const given = body[wire] ?? (name === "topLogprobs" && body.logprobs === true ? true : undefined);
      if (given === undefined || given === null) return [];
      return [aboutRequest(wire, `a ${profile.name} host refuses it${when}; remove it`)];
    });
  },
};
