/** tau2-bench (Barres et al. 2025): an agent with a policy and tools serves a user who has something to ask for. */

import { fileURLToPath } from "node:url";
import type { AssistantMessage } from "@cachalot/chat";
import equal from "fast-deep-equal";
import { type Benchmark, type Item, ownCalls, says } from "../benchmark.js";
import { modelUser } from "../users/model-user.js";
import { scriptedUser } from "../users/scripted-user.js";
import type { Conversation } from "./conversation.js";
import { openConversation } from "./conversation.js";
import type { Domain, DomainCall } from "./domain.js";
import { claimQuestion, gradeConversation } from "./grade.js";
import { parametersOf, replay } from "./play-call.js";
import { callsOf } from "./reward.js";
import { type Scenario, type Task, taskOf } from "./task.js";
import { TRANSFER } from "./transfer.js";
import { readWorld, type World } from "./world.js";

/** What its grader needs. */
export interface ConversationData {
  world: World;
  task: Task;
}

const ROLE = `You are a customer service agent and follow the policy below. In each turn you either write to the user or make a tool
call, never both. Help where the policy allows it, and refuse what it does not.`;
const GREETING = "Hi! How can I help you today?";
/** Calls of a conversation. */
const MOST_CALLS = 100;

export function tau2<D>(domain: Domain<D>, { description }: { description: string }): Benchmark<ConversationData> {
  const bundled = fileURLToPath(new URL(`../../data/tau2/${domain.name}`, import.meta.url));
  return {
    ...{ name: `tau2-${domain.name}`, description, licence: "MIT", told: true },
    source: {
      bundled: true,
      where: `data/tau2/domains/${domain.name} of github.com/sierra-research/tau2-bench`,
      expects: "a folder with policy.md, tasks.json and db.json",
    },
    async *items({ data = bundled }) {
      const world = await readWorld(domain as Domain, data);
      for (const task of world.tasks) yield itemOf(world, taskOf(task, world));
    },
    open({ data: { world, task } }, { user: model, seed = 0 } = {}) {
      const user = model
        ? modelUser({ model, seed, scenario: notesOf(task.scenario).join("\n\n") })
        : scriptedUser({
            notes: notesOf(task.scenario),
            isOver: (messages) => callsOf(messages).some(({ name }) => name === TRANSFER),
          });
      return openConversation(world, user);
    },
    grade: ({ messages, environment }, { data: { world, task } }, { judge } = {}) =>
      gradeConversation(world, task, { messages, environment: environment as Conversation, ...(judge && { judge }) }),
    planted: ({ data: { task } }) =>
      task.assertions.flatMap((claim) => [
        { ...claimQuestion(claim, [{ role: "assistant", content: plainly(claim) }]), holds: true },
        { ...claimQuestion(claim, says("I am sorry, I cannot help you with that.")), holds: false },
      ]),
    oracle: ({ data: { task } }) => [...task.actions.map((call) => calling(call)), ...says(farewell(task))],
    wrong: ({ data: { world, task } }) => [
      ...[domain.harm(world.database as D), ...task.actions].map((call) => calling(call)),
      ...says(farewell(task)),
    ],
    isIdle: ({ data: { world, task } }) =>
      task.communicate.length === 0 && equal(replay(world.domain, world.database, task.actions), world.database),
  };
}

function itemOf(world: World, task: Task): Item<ConversationData> {
  return {
    id: task.id,
    messages: [
      { role: "system", content: `${ROLE}\n\n<policy>\n${world.policy.trim()}\n</policy>` },
      { role: "assistant", content: GREETING },
    ],
    tools: world.domain.tools.map((tool) => ({
      type: "function",
      function: { name: tool.name, description: tool.description, parameters: parametersOf(tool) },
    })),
    gold: [...task.actions.map(({ name, arguments: args }) => `${name}(${JSON.stringify(args)})`), ...task.communicate]
      .join("\n")
      .concat(task.actions.length + task.communicate.length === 0 ? "no change" : ""),
    budget: { calls: MOST_CALLS },
    data: { world, task },
  };
}

const notesOf = ({ persona, reason, known, unknown, task }: Scenario): string[] =>
  [persona, reason, known, unknown, task].filter((part) => part !== "");

const farewell = ({ communicate, assertions }: Task): string =>
  ["All of it is settled.", ...communicate, ...assertions.map(plainly)].join("\n");

/** An expectation as if the agent had said it. */
const plainly = (claim: string): string =>
  claim.replace(/^Agent should (?:tell the user )?(?:that )?/, "As you asked: ");

const calling = ({ name, arguments: args }: DomainCall): AssistantMessage => ownCalls([[name, JSON.stringify(args)]]);
