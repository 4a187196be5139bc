import { sandboxUnavailableReason } from "@cachalot/sandbox";
import { describe, test } from "vitest";

const reason = await sandboxUnavailableReason();
const required = process.env.CACHALOT_REQUIRE?.split(",").includes("sandbox") === true;

/** A suite that needs a sandbox: skipped with the reason where none can be had, unless CACHALOT_REQUIRE names it. */
export function withSandbox(name: string, suite: () => void): void {
  if (reason === undefined) return void describe(name, suite);
  test.skipIf(!required)(`${name} (${reason})`, () => {
    throw new Error(reason);
  });
}
