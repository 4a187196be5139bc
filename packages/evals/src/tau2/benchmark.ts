/** tau2-bench (Barres et al. 2025): an agent with a policy and tools serves a user who has something to ask for. */

import { fileURLToPath } from "node:url";
import type { AssistantMessage } from "@cachalot/chat";
import { type Benchmark, type Item, ownCalls, says } from "../benchmark.js";
import { modelUser } from "../users/model-user.js";
import { scriptedUser } from "../users/scripted-user.js";
import type { Conversation } from "./conversation.js";
import { definitionOf, openConversation } from "./conversation.js";
import type { Domain, DomainCall } from "./domain.js";
import { claimQuestion, gradeConversation } from "./grade.js";
import { obligingHands } from "./obliging-hands.js";
import { callsOf, check } from "./reward.js";
import { startedBy } from "./started-by.js";
import { type Scenario, type Task, taskOf } from "./task.js";
import { TRANSFER } from "./transfer.js";
import { filesOf, readWorld, type World } from "./world.js";

/** What its grader needs. */
export interface ConversationData {
  world: World;
  task: Task;
}

const ROLE = `You are a customer service agent and follow the policy below. In each turn you either write to the user or make a tool
call, never both. Help where the policy allows it, and refuse what it does not.`;
const LIBRARY = "The knowledge base is what the tools search, open and find look into.";
const GREETING = "Hi! How can I help you today?";
/** Calls of a conversation. */
const MOST_CALLS = 100;

export function tau2<D>(domain: Domain<D>, { description }: { description: string }): Benchmark<ConversationData> {
  const bundled = fileURLToPath(new URL(`../../data/tau2/${domain.name}`, import.meta.url));
  return {
    ...{ name: `tau2-${domain.name.replaceAll("_", "-")}`, description, licence: "MIT", told: true },
    source: {
      bundled: true,
      where: `data/tau2/domains/${domain.name} of github.com/sierra-research/tau2-bench`,
      expects: `a folder with ${filesOf(domain as Domain).join(", ")}`,
    },
    async *items({ data = bundled }) {
      const world = await readWorld(domain as Domain, data);
      for (const one of world.tasks) {
        const task = taskOf(one, world);
        yield itemOf(startedBy(one, world, task), task);
      }
    },
    open: ({ data: { world, task } }, { user: model, seed = 0 } = {}) =>
      openConversation(world, task, (hands) =>
        model
          ? modelUser({ model, seed, hands, scenario: notesOf(task.scenario).join("\n\n") })
          : scriptedUser({
              notes: notesOf(task.scenario),
              isOver: (messages) => callsOf(messages).some(({ name }) => name === TRANSFER),
              act: obligingHands(world.domain, task.actions, hands),
            }),
      ),
    userActs: (environment) => (environment as Conversation).userActs,
    offers: ({ tools }) => tools.map(({ definition }) => definition),
    grade: ({ messages, environment }, { data: { world, task } }, { judge } = {}) =>
      gradeConversation(world, task, { messages, environment: environment as Conversation, ...(judge && { judge }) }),
    planted: ({ data: { task } }) =>
      task.assertions.flatMap((claim) => [
        { ...claimQuestion(claim, [{ role: "assistant", content: plainly(claim) }]), holds: true },
        { ...claimQuestion(claim, says("I am sorry, I cannot help you with that.")), holds: false },
      ]),
    oracle: ({ data: { task } }) => [...task.actions.map(asMessage), ...says(farewell(task))],
    wrong: ({ data: { world, task } }) => [
      // Harm is seen where the database counts; elsewhere what is left undone is.
      ...(task.basis.includes("DB")
        ? [domain.harm(world.database as D), ...task.actions]
        : task.actions.slice(0, -1)
      ).map(asMessage),
      ...says(farewell(task)),
    ],
    isIdle: ({ data: { world, task } }) =>
      task.communicate.length === 0 &&
      !(task.basis.includes("ACTION") && task.actions.length > 0) &&
      check(world, task, { messages: [], database: world.database, userCalls: [] }).differences.length === 0,
  };
}

function itemOf(world: World, task: Task): Item<ConversationData> {
  return {
    id: task.id,
    messages: [
      {
        role: "system",
        content: `${ROLE}${world.library ? `\n${LIBRARY}` : ""}\n\n<policy>\n${world.policy}\n</policy>`,
      },
      { role: "assistant", content: GREETING },
    ],
    tools: world.domain.tools.map(definitionOf),
    gold: [...task.actions.map(inWords), ...task.communicate]
      .join("\n")
      .concat(task.actions.length + task.communicate.length === 0 ? "no change" : ""),
    budget: { calls: MOST_CALLS },
    data: { world, task },
  };
}

const inWords = ({ name, arguments: args, by }: DomainCall): string =>
  `${by ? `${by}: ` : ""}${name}(${JSON.stringify(args)})`;

const notesOf = ({ persona, reason, known, unknown, task }: Scenario): string[] =>
  [persona, reason, known, unknown, task].filter((part) => part !== "");

const farewell = ({ communicate, assertions }: Task): string =>
  ["All of it is settled.", ...communicate, ...assertions.map(plainly)].join("\n");

/** An expectation as if the agent had said it. */
const plainly = (claim: string): string =>
  claim.replace(/^Agent should (?:tell the user )?(?:that )?/, "As you asked: ");

/** A call, or a request to the user to make one. */
const asMessage = ({ name, arguments: args, by }: DomainCall): AssistantMessage =>
  by === "user"
    ? { role: "assistant", content: ["Please do this now:", name, ...Object.values(args).map(String)].join(" ") }
    : ownCalls([[name, JSON.stringify(args)]]);
