import { createSandbox, type Sandbox, type SandboxLimits } from "@cachalot/sandbox";
import { expect, test } from "vitest";
import { withSandbox } from "../testing/with-sandbox.js";
import { bashTool } from "./bash.js";
import { pythonTool } from "./python.js";
import type { ToolContext } from "./tool.js";

const context: ToolContext = { signal: new AbortController().signal, callId: "c", idempotencyKey: "k" };

type Ask = (input: string, options?: Record<string, unknown>, signal?: AbortSignal) => Promise<string>;

async function started(limits: Partial<SandboxLimits> = {}): Promise<{ sandbox: Sandbox; bash: Ask; python: Ask }> {
  const sandbox = await createSandbox(limits);
  const [bash, python] = [await bashTool(sandbox), await pythonTool(sandbox)];
  return {
    sandbox,
    bash: async (command, options, signal = context.signal) =>
      bash.execute({ command, ...options }, { ...context, signal }),
    python: async (code, options, signal = context.signal) =>
      python.execute({ code, ...options }, { ...context, signal }),
  };
}

withSandbox("bash", () => {
  test("directory, variables and functions stay; output and exit codes are told", async () => {
    const { sandbox, bash } = await started();
    await using _ = sandbox;
    expect(await bash("mkdir -p a/b && cd a/b && export X=1 && f() { echo f$1; }")).toBe("[no output]");
    expect(await bash("pwd; echo $X; f 2; echo oops >&2")).toBe("/work/a/b\n1\nf2\noops");
    expect(await bash("ls nothing")).toMatch(/No such file.*\n\[exit code 2\]$/);
    expect(await bash("cat; read x; echo read $?")).toBe("read 1");
    expect(await bash("echo 'multi\nline' \"quotes\" é")).toBe("multi\nline quotes é");
    expect(await bash("if then")).toMatch(/syntax error.*\[exit code \d\]/s);
    expect(await bash("sleep 0.2; echo late &")).toMatch(/late|no output/);
  });

  test("it is interrupted at the time limit and keeps its state where it can", async () => {
    const { sandbox, bash } = await started();
    await using _ = sandbox;
    await bash("X=kept");
    expect(await bash("echo before; sleep 60", { timeout_s: 0.2 })).toBe(
      "before\n[exit code 130]\n[Interrupted at the time limit of 0.2 s.]",
    );
    expect(await bash("echo $X")).toBe("kept");
    await bash("touch file");
    expect(await bash("while :; do sleep 1; done", { timeout_s: 0.2 })).toMatch(
      /Interrupted at the time limit of 0.2 s.\]\n\[It did not stop when interrupted and was killed; a new shell/,
    );
    expect(await bash('echo "$X"; ls')).toBe("\nfile");
  });

  test("leaving the shell, restarting it, and losing the sandbox are told and survived", async () => {
    const { sandbox, bash } = await started();
    await using _ = sandbox;
    expect(await bash("touch file; exit 3")).toMatch(/^\[The shell ended with code 3; a new shell starts/);
    expect(await bash("ls; sleep 60 & X=1")).toBe("file");
    expect(await bash('echo "[$X]"; jobs', { restart: true })).toBe("[]");
    expect(await bash("kill -9 -1; kill -9 $$")).toMatch(/sandbox ended and a new, empty one|shell ended/);
    expect(await bash("ls; echo here")).toBe("here");
    expect(await bash("yes", { timeout_s: 20 })).toMatch(/bytes left out.*Interrupted for writing more/s);
  });

  test("an aborted run interrupts it", async () => {
    const { sandbox, bash } = await started();
    await using _ = sandbox;
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    expect(await bash("sleep 60", {}, controller.signal)).toBe("[exit code 130]");
  });
});

withSandbox("results of any size", () => {
  test("are cut to 32,768 characters, once, with their beginning, end and exit code", async () => {
    const { sandbox, bash, python } = await started();
    await using _ = sandbox;
    const cases = [
      await bash("seq 1 100000; exit 3"),
      await bash("seq 1 9000"),
      await bash("yes é漢 | head -c 200000"),
      await python("for i in range(100000): print(i)\n'the end'"),
      await python("print('x' * 20000); 'y' * 99999"),
      await python("raise Exception('z' * 10**6)"),
    ];
    for (const result of cases) {
      expect(result.length).toBeLessThanOrEqual(32_768);
      expect(result.match(/left out …\]/g)).toHaveLength(1);
      expect(result).toBe(Buffer.from(result).toString());
    }
    expect(cases[0]).toMatch(/^1\n2\n.*\n100000\n.*shell ended with code 3/s);
    const [, left] = /\[… (\d+) bytes left out …\]/.exec(cases[1]!)!;
    const shown = cases[1]!.replace(/\n\[… .*\n/, "");
    expect(shown.length + Number(left)).toBe(43_892);
  });
});

withSandbox("python", () => {
  test("names stay, the last expression is shown, so are prints and tracebacks", async () => {
    const { sandbox, python } = await started();
    await using _ = sandbox;
    expect(await python("import math\nx = 6")).toBe("[no output]");
    expect(await python("print('hi')\nx * 7")).toBe("hi\n42");
    expect(await python("_ + 1")).toBe("43");
    expect(await python("def f(): return 1 / 0\nf()")).toBe(
      [
        "Traceback (most recent call last):",
        '  File "<cell 4>", line 2, in <module>',
        "    f()",
        '  File "<cell 4>", line 1, in f',
        "    def f(): return 1 / 0",
        "                    ~~^~~",
        "ZeroDivisionError: division by zero",
      ].join("\n"),
    );
    expect(await python("x = (")).toMatch(/SyntaxError/);
    expect(await python("import sys; print('err', file=sys.stderr); sys.exit(3)")).toMatch(/err\n.*SystemExit: 3/s);
    expect(await python("import subprocess; subprocess.run(['echo', 'child']); x")).toBe("child\n6");
    expect(await python("input()")).toMatch(/EOFError/);
    expect(await python("class Bad:\n  def __repr__(self): raise ValueError('no repr')\nBad()")).toMatch(/no repr/);
    expect(await python("import pickle\nclass P: pass\ntype(pickle.loads(pickle.dumps(P())))")).toBe(
      "<class '__main__.P'>",
    );
    expect(await python("'é' * 3 + '\\ud800'")).toBe("'ééé\\ud800'");
    expect((await python("'x' * 300_000")).length).toBeLessThan(140_000);
  });

  test("it is interrupted at the time limit and keeps its names; what ignores that is killed", async () => {
    const { sandbox, python } = await started();
    await using _ = sandbox;
    expect(await python("x = 5\nwhile True: pass", { timeout_s: 0.3 })).toMatch(
      /KeyboardInterrupt\n\[Interrupted at the time limit of 0.3 s.\]$/,
    );
    expect(await python("x")).toBe("5");
    const stubborn =
      "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nopen('f', 'w').write('1')\nwhile True: pass";
    expect(await python(stubborn, { timeout_s: 0.3 })).toMatch(/killed; a new interpreter starts with the next call/);
    expect(await python("open('f').read(), 'x' in globals()")).toBe("('1', False)");
  });

  test("it shares /work with bash, and a cell that answers for itself is harmless", async () => {
    const { sandbox, bash, python } = await started();
    await using _ = sandbox;
    await bash("echo 'def g(): return 7' > mine.py");
    expect(await python("import mine; mine.g()")).toBe("7");
    const forged = "import os\nfor fd in range(3, 10):\n  try: os.write(fd, b'nonsense\\n')\n  except OSError: pass";
    expect(await python(forged)).toMatch(/an answer that is none: nonsense|no output/);
    expect(await python("1", { restart: true })).toBe("1");
  });

  test("a memory bomb is an error or a new interpreter, never more", async () => {
    const { sandbox, python } = await started({ memoryMiB: 128 });
    await using _ = sandbox;
    expect(await python("data = []\nwhile True: data.append(bytearray(16 << 20))")).toMatch(
      /MemoryError|interpreter ended|sandbox ended/,
    );
    expect(await python("1 + 1")).toBe("2");
  });
});
