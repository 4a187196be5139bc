// How far a build is, on stderr: a bar on a terminal, a line every ten seconds elsewhere.

const WIDTH = 30;
const LINE_EVERY_MS = 10_000;

/** `step()` after each of `total` units; `end()` when there are no more. */
export function createProgress(label, total, stream = process.stderr, now = Date.now) {
  let done = 0;
  let said = now();
  const bar = () => {
    const filled = Math.floor((WIDTH * done) / total);
    stream.write(`\r${label} [${"=".repeat(filled)}${" ".repeat(WIDTH - filled)}] ${done}/${total}`);
  };
  if (stream.isTTY) bar();
  else stream.write(`${label}: ${total} units\n`);
  return {
    step() {
      done++;
      if (stream.isTTY) return bar();
      if (done === total || now() - said < LINE_EVERY_MS) return;
      said = now();
      stream.write(`${label}: ${done} of ${total}\n`);
    },
    end() {
      if (stream.isTTY) stream.write("\n");
    },
  };
}
