/** Grade of a conversation: tau2-bench's reward, with the state checks that explain it. */

import type { ChatMessage } from "@cachalot/chat";
import { behindThinking } from "../answer/behind-thinking.js";
import { type Grade, notMeasured, right, wrong } from "../benchmark.js";
import type { Judge } from "../judge/judge.js";
import { describe } from "../state/differences.js";
import type { Conversation } from "./conversation.js";
import { check } from "./reward.js";
import type { Claim, Task } from "./task.js";
import type { World } from "./world.js";

export async function gradeConversation(
  world: World,
  task: Task,
  { messages, environment, judge }: { messages: readonly ChatMessage[]; environment: Conversation; judge?: Judge },
): Promise<Grade> {
  if (environment.broken) return wrong(environment.broken);
  const last = messages.at(-1);
  if (last?.role === "assistant" && !last.content?.trim() && !last.tool_calls?.length)
    return wrong("it said nothing to the user");
  const { database, userCalls } = environment;
  const { differences, unmet, unsaid, undone } = check(world, task, { messages, database, userCalls });
  const done = `${task.actions.length - undone.length} of ${task.actions.length} gold actions`;
  const answer = messages.findLast(({ role }) => role === "assistant")?.content ?? "";
  const counts = (basis: Task["basis"][number]) => task.basis.includes(basis);
  if (counts("DB") && differences.length > 0) return wrong(`${describe(differences)} (${done})`, answer);
  if (counts("ENV_ASSERTION") && unmet.length > 0)
    return wrong(`${[...unmet.map(shownClaim), describe(differences)].filter(Boolean).join("; ")} (${done})`, answer);
  if (counts("ACTION") && undone.length > 0)
    return wrong(`no call was ${undone.map(({ name }) => name).join(", ")} as wanted`, answer);
  const judged = counts("NL_ASSERTION") && task.assertions.length > 0;
  // Without a judge the words that tau-bench looked for stand for what a judge would be asked.
  const bySaying = counts("COMMUNICATE") || (judged && !judge);
  if (bySaying && unsaid.length > 0) return wrong(`it did not say ${unsaid.join(", ")} (${done})`, answer);
  if (!judged || !judge)
    return right(`the end state is as wanted (${done})${bySaying ? ", all was said" : ""}`, answer);
  return byJudge(task.assertions, messages, judge, answer);
}

const shownClaim = ({ name, arguments: args, holds }: Claim): string =>
  `${name}(${JSON.stringify(args)}) is ${holds ? "not " : ""}so`;

async function byJudge(
  assertions: readonly string[],
  messages: readonly ChatMessage[],
  judge: Judge,
  answer: string,
): Promise<Grade> {
  const verdicts = await Promise.all(assertions.map((claim) => judge.asks(claimQuestion(claim, messages))));
  const failed = assertions.filter((_, i) => verdicts[i] === false);
  if (failed.length > 0) return wrong(`the judge does not find: ${failed.join("; ")}`, answer);
  const open = assertions.filter((_, i) => verdicts[i] === undefined);
  return open.length > 0
    ? notMeasured("unparsed", `the judge cannot tell: ${open.join("; ")}`, answer)
    : right("the end state is as wanted, and the judge finds all that was to be so", answer);
}

/** Whether something is true of a conversation. */
export function claimQuestion(claim: string, messages: readonly ChatMessage[]) {
  const conversation = messages
    .filter(({ role, content }) => (role === "user" || role === "assistant") && content)
    .map(({ role, content }) => `${role === "user" ? "customer" : "agent"}: ${behindThinking(content!) ?? ""}`)
    .join("\n");
  return {
    about: { conversation, expectation: claim },
    yes: "In the conversation the agent meets the expectation.",
    no: "In the conversation the agent does not meet the expectation.",
  };
}
