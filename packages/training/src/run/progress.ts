import cliProgress from "cli-progress";

export interface ProgressUpdate {
  step: number;
  /** How it goes, for example "loss 2.1034". */
  headline: string;
  tokensPerSecond: number;
}

/** What a long training tells about itself while it runs. */
export interface Progress {
  start(stage: string, steps: number, from: number): void;
  update(update: ProgressUpdate): void;
  note(text: string): void;
  stop(): void;
}

/** A bar on a terminal, a line every few seconds elsewhere. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? barProgress(stream) : lineProgress(stream);
}

function barProgress(stream: NodeJS.WriteStream): Progress {
  const format = "{stage} [{bar}] {value}/{total} · {headline} · {rate} tok/s · ETA {eta_formatted}";
  const bar = new cliProgress.SingleBar(
    { format, stream, hideCursor: true, etaBuffer: 50 },
    cliProgress.Presets.shades_classic,
  );
  return {
    start: (stage, steps, from) => bar.start(steps, from, { stage: stage.padEnd(13), headline: "-", rate: "-" }),
    update: ({ step, headline, tokensPerSecond }) => bar.update(step, { headline, rate: Math.round(tokensPerSecond) }),
    note: (text) => {
      stream.write(`\r\x1b[K${text}\n`);
    },
    stop: () => bar.stop(),
  };
}

const LINE_INTERVAL_MS = 10_000;

function lineProgress(stream: NodeJS.WriteStream): Progress {
  let stage = "";
  let steps = 0;
  let printed = 0;
  let began = { time: 0, step: 0 };
  return {
    start(name, total, from) {
      stage = name;
      steps = total;
      began = { time: Date.now(), step: from };
      printed = 0;
    },
    update({ step, headline, tokensPerSecond }) {
      const now = Date.now();
      if (now - printed < LINE_INTERVAL_MS && step !== steps) return;
      printed = now;
      const perStep = (now - began.time) / Math.max(step - began.step, 1);
      const eta = Math.round(((steps - step) * perStep) / 1000);
      stream.write(`${stage} ${step}/${steps} · ${headline} · ${Math.round(tokensPerSecond)} tok/s · ETA ${eta} s\n`);
    },
    note: (text) => {
      stream.write(`${text}\n`);
    },
    stop() {},
  };
}
