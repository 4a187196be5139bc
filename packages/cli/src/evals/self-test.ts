import { type Benchmark, type ItemRequest, type SelfTestCase, selfTest } from "@cachalot/evals";
import { out } from "../terminal/output.js";
import { green, red, text } from "../terminal/styled-text.js";

/** Exit status 1 where the grader fails. */
export async function printSelfTest(benchmark: Benchmark, request: ItemRequest, json: true | undefined): Promise<void> {
  const items = [];
  for await (const item of benchmark.items(request)) {
    items.push(item);
    if (items.length >= request.limit) break;
  }
  const cases = await selfTest(benchmark, items);
  for (const one of cases) {
    if (json) out.json({ benchmark: benchmark.name, ...one });
    else out.print(line(one));
  }
  if (cases.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
}

function line({ name, allowed, runs, failures }: SelfTestCase) {
  const [first] = failures;
  if (!first) return text`${green("ok")}    ${name}: ${allowed.join(" or ")}, ${runs} times\n`;
  return text`${red("fault")} ${name}: ${first.item} is ${first.verdict} (${first.because}), ${failures.length} of ${runs}\n`;
}
