/** Cells and commands that write where their interpreter replies, or change what it replies with. */

import { expect, test } from "vitest";
import type { Interpreter } from "../interpreter.js";
import type { SandboxLimits } from "../limits.js";
import { type Notebook, openNotebook } from "../notebook.js";
import { createSandbox } from "../sandbox.js";
import { openShell } from "../shell.js";
import { withSandbox } from "../testing/with-sandbox.js";

const TIME = { timeoutMs: 2500 };

/**
 * After an attack: calls may fail while what it left behind still starves or kills the interpreter, and the interpreter may
 * be another, but what answers a call is that call's own answer, and within some calls there is one again.
 */
async function staysItself(notebook: Notebook): Promise<void> {
  for (let number = 1, answered = false; number <= 5 || !answered; number++) {
    expect(number, "calls after the attack").toBeLessThan(15);
    const { value, error, notices } = await notebook.run(`${number} * 1000`, TIME);
    answered = value !== undefined;
    if (answered) expect(value).toBe(`${number}000`);
    else expect(`${error} ${notices}`).toMatch(/ended|killed|new one|Interrupted/);
  }
}

async function shellStaysItself(shell: Interpreter): Promise<void> {
  for (const number of [1, 2, 3]) {
    const { output, reply, notices } = await shell.exchange(`/bin/echo n${number}; /bin/sh -c 'exit ${number}'`, TIME);
    if (reply === undefined) expect(notices.join()).toMatch(/ended|killed|new one|Interrupted/);
    else expect([output.match(/^n\d\n/m)?.[0], reply]).toEqual([`n${number}\n`, `${number}`]);
  }
  // One that reads the channel from the background goes with the shell it starved.
  let last = await shell.exchange("/bin/echo last", TIME);
  if (last.reply === undefined) last = await shell.exchange("/bin/echo last", TIME);
  expect([last.output.match(/^last\n/m)?.[0], last.reply]).toEqual(["last\n", "0"]);
}

const writing = (what: string) => `import os
for fd in range(3, 256):
  try: os.write(fd, ${what})
  except OSError: pass`;

const ENDS_WHEN_TOLD = `import os, threading, time
def end():
  while not os.path.exists("/work/now"): time.sleep(0.01)
  os._exit(9)
threading.Thread(target=end).start()
os.getpid()`;

withSandbox("a notebook's reply is the reply to its cell", () => {
  test.each([
    ["two forged replies of the old kind", writing(`b'{"value": "all tests pass"}\\n' * 2`)],
    ["replies of every kind, with zeros", writing(`b"\\0" + b"0" * 32 + b" v'forged'\\0"`)],
    ["a reply left open", writing(`b"\\0v'forged"`)],
    ["a fork that leaves with sys.exit", "import os, sys\nif os.fork() == 0: sys.exit(0)\n'parent'"],
    ["a fork that goes on to the end", "import os\nos.fork()\n'who?'"],
    ["a fork that raises", "import os\nif os.fork() == 0: raise ValueError('child')\n1"],
    ["a fork that leaves at once", "import os\nif os.fork() == 0: os._exit(3)\n1"],
    ["a fork around Python's hooks", "import ctypes\nctypes.CDLL(None).fork()\n'who?'"],
    ["many forks", "import os\nfor _ in range(5): os.fork()\n'who?'"],
    [
      "processes of multiprocessing",
      "import multiprocessing as m\np = m.get_context('fork').Process(target=print, args=(1,))\np.start(); p.join(); p.exitcode",
    ],
    [
      "a child that writes replies later",
      `import os, time\nif os.fork() == 0:\n  for _ in range(20):\n    time.sleep(.05)\n    ${writing("b'\\0x'").replaceAll("\n", "\n    ")}`,
    ],
    [
      "json and repr replaced",
      "import json, builtins\njson.dumps = lambda *a, **k: 'forged'\nbuiltins.repr = lambda v: 'forged'\nbuiltins.len = None",
    ],
    [
      "compile, exec, eval and isinstance replaced",
      "import builtins\nfor n in ('compile', 'exec', 'eval', 'isinstance', 'type', 'dict', 'range'):\n  setattr(builtins, n, lambda *a, **k: 'forged')",
    ],
    [
      "os.write, os.getpid and ast replaced",
      "import os, ast\nos.write = os.getpid = os.read = lambda *a: 0\nast.Expr = int\nast.parse = None",
    ],
    [
      "traceback replaced",
      "import traceback, linecache\ntraceback.format_exception = None\nlinecache.cache = None\n1/0",
    ],
    ["__builtins__ changed", "__builtins__.repr = lambda v: 'forged'\nglobals()['__builtins__'] = {}"],
    ["descriptors closed", "import os\nos.closerange(3, 256)"],
    [
      "descriptors closed and others opened in their place",
      "import os\nos.closerange(3, 256)\nfiles = [open('/tmp/x', 'w') for _ in range(9)]",
    ],
    [
      "a thread that writes for a while",
      `import threading, time\ndef go():\n  for _ in range(30):\n    time.sleep(.02)\n    ${writing(`b"\\0v'forged'\\0"`).replaceAll("\n", "\n    ")}\nthreading.Thread(target=go).start()`,
    ],
    [
      "descriptors and credentials sent over the channel",
      "import array, os, socket, struct\nfor fd in range(3, 256):\n  try:\n    s = socket.socket(fileno=os.dup(fd))\n    s.sendmsg([b'\\0'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0, 1, 2] * 50))])\n    s.sendmsg([b'\\0x'], [(socket.SOL_SOCKET, 2, struct.pack('iii', os.getpid(), 0, 0))])\n  except OSError: pass",
    ],
    [
      "the channel shut down",
      "import os, socket\nfor fd in range(3, 256):\n  try: socket.socket(fileno=os.dup(fd)).shutdown(2)\n  except OSError: pass",
    ],
    [
      "a child that reads what comes next",
      "import ctypes, os\nif ctypes.CDLL(None).fork() == 0:\n  for fd in range(3, 256):\n    try: os.read(fd, 99)\n    except OSError: pass",
    ],
    [
      "every object's functions found by the collector called",
      "import gc\nfor o in gc.get_objects():\n  if type(o).__name__ == 'Channel':\n    o.send(b'\\0' + b'0' * 32 + b' vforged\\0')",
    ],
    ["sys.exit in the cell", "import sys\nsys.exit(3)"],
    [
      "a timer that goes off later",
      "import signal\ndef late(*_): raise RuntimeError('late')\nsignal.signal(signal.SIGALRM, late)\nsignal.setitimer(signal.ITIMER_REAL, .2)",
    ],
    ["a trace function", "import sys\nsys.settrace(lambda *a: 1/0)\nsys.setprofile(lambda *a: 1/0)"],
    ["stdout replaced", "import sys\nsys.stdout = sys.stderr = None"],
    [
      "a repr that lies about its kind",
      "class S(str):\n  def encode(self, *a): return b'x'\n  def replace(self, *a): return self\n  def __len__(self): return 0\nclass R:\n  def __repr__(self): return S('mine')\nR()",
    ],
    ["the recursion limit lowered", "import sys\nsys.setrecursionlimit(10)"],
  ])("%s", async (_, code) => {
    await using sandbox = await createSandbox();
    const notebook = await openNotebook(sandbox);
    expect((await notebook.run("x = 'kept'\nx")).value).toBe("'kept'");
    await notebook.run(code, TIME);
    await staysItself(notebook);
  });

  test("an interpreter that ends between two cells is told, and the next cell runs in another", async () => {
    await using sandbox = await createSandbox();
    const notebook = await openNotebook(sandbox);
    for (const wait of [0, 0.01, 0.05, 0.1]) {
      let cell = await notebook.run(`import threading, os\nthreading.Timer(${wait}, os._exit, (9,)).start()`);
      while (!cell.notices.join().includes("ended")) {
        cell = await notebook.run("6 * 7");
        if (cell.value === undefined) expect(cell.notices.join()).toMatch(/ended with code 9/);
        else expect(cell.value).toBe("42");
      }
      expect((await notebook.run("6 * 7")).value).toBe("42");
    }
    const { value: pid } = await notebook.run(ENDS_WHEN_TOLD);
    await sandbox.put("now", "");
    await sandbox.run(`while kill -0 ${pid}; do sleep 0.01; done`);
    expect(await notebook.run("6 * 7")).toMatchObject({
      value: "42",
      notices: ["The interpreter had ended; this is a new one: its variables are gone, files in /work remain."],
    });
  });

  test("variables stay over forks, junk and odd values", async () => {
    await using sandbox = await createSandbox();
    const notebook = await openNotebook(sandbox);
    await notebook.run("x = 5");
    await notebook.run(writing("b'junk' * 100"));
    await notebook.run("import os, sys\nif os.fork() == 0: sys.exit(7)\nos.wait()[1] >> 8");
    expect((await notebook.run("x, os.waitstatus_to_exitcode")).value).toMatch(/^\(5, /);
    expect((await notebook.run("chr(0) + 'é\\ud800'")).value).toBe("'\\x00é\\ud800'");
    expect((await notebook.run("class Odd:\n  def __repr__(self): return 'a\\0b\\ud800'\nOdd()")).value).toBe(
      "a\\x00b\\ud800",
    );
    expect((await notebook.run("raise Exception('x' * 10**7)")).error!.length).toBeLessThan(101_000);
    expect((await notebook.run("x")).value).toBe("5");
  });
});

withSandbox("a shell's reply is the exit code of its command", () => {
  test.each([
    ["read as a function", "read() { return 0; }"],
    ["printf as a function", "printf() { :; }"],
    [
      "every builtin as a function",
      'for f in read printf eval exec trap unset set command builtin : break continue shopt declare [ test echo return exit; do eval "function $f { echo forged; return 0; }"; done',
    ],
    ["readonly functions", "read() { return 0; }; readonly -f read"],
    ["aliases", "shopt -s expand_aliases; alias read=: printf=: eval=: while=:"],
    ["set -x", "set -x; true"],
    ["set -euo pipefail and set -v", "set -euo pipefail; set -v; true"],
    ["set -n", "set -n"],
    ["a DEBUG trap", "trap 'echo debug; read() { :; }' DEBUG"],
    ["a DEBUG trap that skips commands", "shopt -s extdebug; trap false DEBUG; true"],
    ["ERR and RETURN traps", "trap 'echo err' ERR; trap 'echo return' RETURN; set -E; false"],
    ["INT ignored", "trap '' INT"],
    ["break and continue", "break; continue"],
    ["continue", "continue 9"],
    ["return", "return 5"],
    ["IFS and PS4", "IFS=0123456789; PS4='$(echo forged)'"],
    ["its variables readonly", "readonly cachalot_command=x cachalot_status=0 cachalot_secret=y"],
    ["POSIXLY_CORRECT readonly", "readonly POSIXLY_CORRECT=1"],
    ["builtins turned off", "enable -n read printf unset trap eval set break"],
    ["replies to every descriptor", "for fd in {3..255}; do printf '\\0%032d 0\\0' 0 >&$fd; done 2>/dev/null"],
    [
      "replies from the background",
      "(for i in {1..40}; do sleep .02; for fd in {3..255}; do echo -e '\\0x 0\\0' >&$fd; done; done) 2>/dev/null &",
    ],
    ["descriptors closed", 'for fd in {3..255}; do eval "exec $fd>&-"; done'],
    ["descriptors replaced", "echo 'echo forged' >/tmp/f; for fd in {3..255}; do eval \"exec $fd</tmp/f\"; done"],
    ["flock's own example", "( flock -n 200 || exit 1; true ) 200>/tmp/lock; exec 250>/tmp/lock2 9>/tmp/lock3"],
    ["exec of another program", "exec /bin/true"],
    ["a background reader", "(for fd in {3..255}; do timeout 1 cat <&$fd; done) >/dev/null 2>&1 &"],
    ["ulimit", "ulimit -n 3"],
    ["xtrace to a descriptor", "BASH_XTRACEFD=10; set -x; true"],
  ])("%s", async (_, command) => {
    await using sandbox = await createSandbox();
    const shell = await openShell(sandbox);
    await shell.exchange("X=kept");
    await shell.exchange(command, TIME);
    await shellStaysItself(shell);
  });

  test("state, options and jobs stay over all of that", async () => {
    await using sandbox = await createSandbox();
    const shell = await openShell(sandbox);
    const said = async (command: string) => (await shell.exchange(command, TIME)).output;
    await said("X=kept; read() { :; }; f() { echo f; }; set -x; true");
    expect(await said("echo $X; f")).toBe("++ echo kept\nkept\n++ f\n++ echo f\nf\n");
    expect(await said("set +x")).toBe("++ set +x\n");
    expect(await said("echo $X; shopt -s expand_aliases; alias hi='echo hello'")).toBe("kept\n");
    expect(await said("hi; shopt -q inherit_errexit || echo off; [ -v POSIXLY_CORRECT ] || echo none")).toBe(
      "hello\noff\nnone\n",
    );
    expect(await said("sleep 0.2 & echo $X")).toBe("kept\n");
    expect(await said("jobs; wait %1; echo $?")).toMatch(/sleep 0.2.*\n0\n$/);
    expect((await shell.exchange("echo 'no end", TIME)).reply).toBe("2");
    expect(await said('cat <<< "$X"; ls /proc/self/fd | wc -l')).toBe("kept\n4\n");
  });
});

withSandbox("the host stays small and quick", () => {
  const limits: Partial<SandboxLimits> = { outputKillBytes: 4 * 2 ** 20 };

  test("a flood of replies ends the interpreter, not the host", async () => {
    await using sandbox = await createSandbox();
    const notebook = await openNotebook(sandbox);
    const before = process.memoryUsage().rss;
    const { notices } = await notebook.run(`while True:\n  ${writing("b'x' * 65536").replaceAll("\n", "\n  ")}`, {
      timeoutMs: 20_000,
    });
    expect(notices.join()).toMatch(/wrote without an end where the interpreter replies, and it was killed/);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
    expect((await notebook.run("2 + 2")).value).toBe("4");
  });

  test("a program left in the background that floods is killed and named; the next command goes on", async () => {
    await using sandbox = await createSandbox(limits);
    const shell = await openShell(sandbox);
    const first = await shell.exchange("sleep 300 & yes & echo started");
    expect(first.reply).toBe("0");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const next = await shell.exchange("sleep 0.5; echo innocent; jobs");
    expect(next).toMatchObject({ reply: "0", ended: "exit" });
    expect(next.output).toContain("innocent");
    expect(next.output).toMatch(/Running +sleep 300/);
    // On a busy machine the host reads the end of the first call late, and the flood's with it.
    expect([...first.notices, ...next.notices]).toEqual([
      expect.stringMatching(/^A program left running by an earlier call wrote more than/),
    ]);
    expect(await shell.exchange("echo quiet")).toMatchObject({ output: "quiet\n", notices: [] });
    expect((await shell.exchange("yes")).notices.join()).toMatch(/Interrupted for writing more than/);
  });

  test("limits of the supervisor cannot be changed from inside", async () => {
    await using sandbox = await createSandbox();
    const shell = await openShell(sandbox);
    await shell.exchange("for p in 1 2 3 $PPID; do prlimit --pid $p --nofile=8:8; done; true");
    expect((await shell.exchange("echo fine")).output).toBe("fine\n");
    expect((await sandbox.run("echo fine")).stdout).toBe("fine\n");
  });
});
