/** Models beside the one that is evaluated: who plays the users, and who judges what no rule decides. */

import type { ChatModel } from "@cachalot/chat";
import type { Benchmark, Company, ItemRequest, RunHeader } from "@cachalot/evals";
import { CliError } from "../errors.js";
import { percent, range } from "../percent.js";
import { err } from "../terminal/output.js";
import { dim, text } from "../terminal/styled-text.js";
import { remoteOptionsFrom } from "../upstream.js";

interface GuestFlags {
  user?: string;
  judge?: string;
}

interface Guests {
  company: Omit<Company, "seed">;
  about: Pick<RunHeader, "user" | "judge">;
}

/** Planted questions that a judge is calibrated on. */
const MOST_PLANTED = 100;

/** @throws CliError `invalid_input` for a name without its address; EvalsError for a judge that knows no more than a coin */
export async function guestsOf(
  { user, judge }: GuestFlags,
  benchmark: Benchmark,
  request: ItemRequest,
): Promise<Guests> {
  const guests: Guests = { company: {}, about: {} };
  if (user !== undefined) {
    guests.company.user = await modelAt(user, "--user");
    guests.about.user = user;
  }
  if (judge !== undefined) {
    const { calibrateOn, modelJudge } = await import("@cachalot/evals");
    guests.company.judge = modelJudge(await modelAt(judge, "--judge"));
    const { error, interval, asked, unsure } = await calibrateOn(
      guests.company.judge,
      benchmark,
      request,
      MOST_PLANTED,
    );
    guests.about.judge = `${judge}, wrong on ${percent(error)} (${range(interval)}) of ${asked - unsure} planted questions, cannot tell on ${unsure} of ${asked}`;
    err.print(text`${dim(`judge ${guests.about.judge}`)}\n`);
  }
  return guests;
}

/** `qwen3-8b@http://127.0.0.1:8000/v1` */
async function modelAt(where: string, option: string): Promise<ChatModel> {
  const [, upstreamModel = "", url] = /^(.+)@(https?:\/\/.+)$/.exec(where) ?? [];
  if (url === undefined)
    throw new CliError(
      "invalid_input",
      `${option} is a model and its address, such as qwen3-8b@http://127.0.0.1:8000/v1`,
    );
  const { createRemoteModel } = await import("@cachalot/chat");
  return createRemoteModel(await remoteOptionsFrom(url, { profile: "generic", mode: "messages", upstreamModel }));
}
