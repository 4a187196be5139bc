/** Tool use on a database: find rows, follow their ids to other tables, and choose by a rule. */

import type { AssistantMessage } from "@cachalot/chat";
import { type Draw, hashText } from "@cachalot/tensor";
import { defineTaskset } from "../define-taskset.js";
import { exactAnswer } from "../rewards/exact-answer.js";
import type { Task } from "../task.js";
import type { Style } from "../taskset.js";
import {
  type DatabaseQuestion,
  drawQuestion,
  QUESTION_LEVELS,
  questionText,
  solveQuestion,
} from "./database-question.js";
import { findRows, type Records, rowsText, type Table } from "./shop-records.js";
import { answering, textTool } from "./text-tool.js";

interface Database {
  records: Records;
  question: DatabaseQuestion;
  answer: string;
}

const FIND = textTool("find", "find rows", ["table", "field", "value"]);
const GET = textTool("get", "get a row", ["table", "id"]);

const TABLES = "Tables: shops id name town open, goods id name maker, prices id shop good price.";

export const database = defineTaskset<Database>({
  name: "database",
  domain: "agent",
  description: "answer a question from a database of three tables",
  levels: QUESTION_LEVELS,
  problem(draw, level) {
    const data = drawDatabase(draw, level);
    const text = questionText(data.question);
    const prompt = draw.one([`${TABLES} ${text}`, `${text} ${TABLES}`]);
    return { key: `${text} ${hashText(JSON.stringify(data.records)).toString(36)}`, prompt, data };
  },
  rubric: [exactAnswer(({ answer }) => answer)],
  tools: [FIND.definition, GET.definition],
  calls: 32,
  open: ({ data: { records } }) => ({
    tools: [FIND.serve((args) => find(records, args)), GET.serve((args) => get(records, args))],
    close: () => {},
  }),
  demonstrate,
  spoil: (answer) => (/^\d+$/.test(answer) ? `${Number(answer) + 1}` : `${answer} no`),
});

function drawDatabase(draw: Draw, level: number): Database {
  for (;;) {
    const { records, question } = drawQuestion(draw, level);
    const solved = solveQuestion(records, question);
    if (solved) return { records, question, answer: solved.answer };
  }
}

const isTable = (records: Records, name: string): name is Table => Object.hasOwn(records, name);
const noTable = (records: Records, name: string): string =>
  `Error: no table ${name}; there are ${Object.keys(records).join(", ")}`;

function find(records: Records, { table, field, value }: { table: string; field: string; value: string }): string {
  if (!isTable(records, table)) return noTable(records, table);
  const fields = Object.keys(records[table][0] ?? {});
  if (!fields.includes(field)) return `Error: ${table} has no field ${field}; it has ${fields.join(", ")}`;
  return rowsText(findRows(records, table, field, value)) || "none";
}

function get(records: Records, { table, id }: { table: string; id: string }): string {
  if (!isTable(records, table)) return noTable(records, table);
  return rowsText(findRows(records, table, "id", id)) || `Error: ${table} has no id ${id}`;
}

/** A thought before each call: terse, the row that is wanted; stepwise, what the last result said; checked, the rule once more at the end. */
function demonstrate({ data, mode }: Task<Database>, style: Style): AssistantMessage[] {
  const { steps, last, check, answer } = solveQuestion(data.records, data.question)!;
  const messages = steps.map(({ table, field, value, why, saw }) => {
    const wanted = `${table} ${field} ${value}`;
    const thought = style === "terse" ? wanted : `${saw ? `${saw}. ` : ""}${why}: ${wanted}`;
    return field === "id"
      ? GET.call(mode, thought, { table, id: value })
      : FIND.call(mode, thought, { table, field, value });
  });
  const thought = style === "terse" ? answer : style === "stepwise" ? last : `${last}\ncheck ${check}`;
  return [...messages, answering(mode, thought, answer)];
}
