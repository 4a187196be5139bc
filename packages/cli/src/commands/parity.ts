import { checkForward, type ParityCheck } from "@cachalot/model";
import type { Device, DeviceName } from "@cachalot/tensor";
import { checkTraining, grpoParity } from "@cachalot/training";
import { Command } from "commander";
import { selectDevice } from "../device.js";
import { deviceOption } from "../options.js";
import { out } from "../terminal/output.js";
import { green, red, type StyledText, text } from "../terminal/styled-text.js";

export function parityCommand(): Command {
  return new Command("parity")
    .summary("compare a checkpoint with exact numbers from the published implementation")
    .description(
      "Compares prefill and decode logits, index scores and selected tokens (expected.safetensors) and the losses and all " +
        "gradients of each training mode (train_*.safetensors), in both MLA forms; of a .json file, GRPO's loss and gradient " +
        "in every case. Exit status 1 past a tolerance.",
    )
    .argument("<path>", "directory with a checkpoint and the files to compare with, or a .json file of GRPO cases")
    .addOption(deviceOption())
    .option("--verbose", "one line per comparison instead of one per file")
    .option("--json", "print every comparison as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot parity test/golden/model/plain --device cpu\n  cachalot parity test/golden/rl/grpo.json",
    )
    .action(async (path: string, flags: { device?: DeviceName; verbose?: true; json?: true }) => {
      const checks = path.endsWith(".json")
        ? await grpoChecks(path)
        : await networkChecks(path, selectDevice(flags.device));
      const failed = checks.some((check) => !(check.error <= check.tolerance));
      if (flags.json) out.json(checks);
      else out.print(...(flags.verbose ? checks : worstPerFile(checks)).map(line));
      if (failed) process.exitCode = 1;
    });
}

/** GRPO is computed in float64: only rounding may differ. */
const GRPO_TOLERANCE = 1e-9;

async function grpoChecks(file: string): Promise<ParityCheck[]> {
  return (await grpoParity(file)).map(({ name, worst, error }, i) => ({
    file: `case ${i + 1}`,
    what: `${name}: ${worst}`,
    error,
    tolerance: GRPO_TOLERANCE,
  }));
}

/** The forward pass, losses and gradients of a checkpoint directory. */
async function networkChecks(dir: string, device: Device): Promise<ParityCheck[]> {
  return [...(await checkForward(dir, { device })), ...(await checkTraining(dir, { device }))];
}

/** Of each file the comparison that came nearest to its tolerance, or went furthest past it. */
function worstPerFile(checks: readonly ParityCheck[]): ParityCheck[] {
  const worst = new Map<string, ParityCheck>();
  for (const check of checks) {
    const before = worst.get(check.file);
    if (!before || strain(check) > strain(before)) worst.set(check.file, check);
  }
  return [...worst.values()];
}

const strain = ({ error, tolerance }: ParityCheck) => (error === 0 ? 0 : error / tolerance);

function line(check: ParityCheck): StyledText {
  const passed = check.error <= check.tolerance;
  const verdict = passed ? green("ok  ") : red("FAIL");
  return text`${verdict} ${check.file.padEnd(26)} ${check.error.toExponential(2)} of ${check.tolerance.toExponential(0)}  ${check.what}\n`;
}
