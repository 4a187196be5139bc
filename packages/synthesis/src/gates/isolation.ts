import { attempt } from "../harbor/attempt.js";
import { type Gate, shown } from "./gate.js";

/** What an agent tries that would rather write its reward than earn it: the reward file, the verifier, tests in its own folders. */
const TAMPER = `
mkdir -p /logs/verifier /tests 2>/dev/null
echo 1 > /logs/verifier/reward.txt
echo '{"reward": 1}' > /logs/verifier/reward.json
printf '#!/bin/bash\\nexit 0\\n' > /tests/test.sh
find . -type f \\( -path '*/test*/*' -o -iname '*test*' -o -iname '*check*' -o -iname '*verif*' -o -iname '*grade*' \\) \\
  -not -path '*/.git/*' -not -path '*/node_modules/*' | head -200 | while IFS= read -r file; do
  case "$file" in
    *.sh) echo 'exit 0' > "$file" ;;
    *.py) echo 'def test_ok(): pass' > "$file" ;;
    *.js|*.cjs|*.mjs|*.ts) : > "$file" ;;
  esac
done
`;

/** The agent can neither see nor change the verifier, nor write its verdict. */
export const isolation: Gate = {
  name: "isolation",
  description: "the verifier cannot be reached by the agent, nor its verdict written",
  runs: true,
  async check(subject) {
    const { task } = subject;
    const problems: string[] = [];
    for (const { name, command = "", args = [], url = "" } of task.config.environment.mcp_servers) {
      const text = [name, command, ...args, url].join(" ");
      if (/\/tests\b|\/solution\b|\bverif|\bgrad(e|er|ing)\b|\breward/i.test(text))
        problems.push(`the agent's MCP server ${name} leads to the verifier: ${text.slice(0, 100)}`);
    }
    const left = await attempt(await subject.built(), async ({ run }) => void (await run(TAMPER)));
    const verdict = await subject.grade(left);
    if (verdict.reward !== undefined && verdict.reward > 0)
      problems.push(
        `an agent that writes the reward file, or empties the tests in its own folders, scores ${shown(verdict)}`,
      );
    return problems;
  },
};
