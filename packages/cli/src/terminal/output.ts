import { renderText, type Text } from "./styled-text.js";
import { visibleJson, visibleText } from "./visible-text.js";

/** Standard output or standard error: the one place where text meets the screen. */
export interface Output {
  readonly isTerminal: boolean;
  /** For people. Coloured where this stream is a terminal; nothing in it can command one, wherever it goes. */
  print(...parts: Text[]): void;
  /** What a command is asked for, text of any kind. A file or a pipe gets it as it is; a terminal is shown it. */
  data(text: string): void;
  /** A line of JSON. */
  json(value: unknown, indent?: number): void;
  /** How long work goes: takes the place of the status before it on a terminal; elsewhere a line every half minute. "" is its end. */
  status(text: string): void;
  /** Text as `print` would write it, for a prompt. */
  render(...parts: Text[]): string;
}

/** NO_COLOR and FORCE_COLOR are obeyed, as no-color.org and Node have them. */
function coloured(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "0") return true;
  return stream.isTTY === true && TERM !== "dumb";
}

const STATUS_LINE_MS = 30_000;

export function createOutput(stream: NodeJS.WriteStream): Output {
  let said: number | undefined;
  const render = (...parts: Text[]) => parts.map((part) => renderText(part, coloured(stream))).join("");
  return {
    get isTerminal() {
      return stream.isTTY === true;
    },
    render,
    print: (...parts) => void stream.write(render(...parts)),
    data: (text) => void stream.write(stream.isTTY ? visibleText(text) : text),
    json: (value, indent) => void stream.write(`${visibleJson(value, indent)}\n`),
    status(text) {
      if (stream.isTTY) return void stream.write(`\r\x1b[K${visibleText(text)}`);
      const now = performance.now();
      said = text === "" ? undefined : (said ?? now);
      if (said === undefined || now - said < STATUS_LINE_MS) return;
      stream.write(`${visibleText(text)}\n`);
      said = now;
    },
  };
}

export const out = createOutput(process.stdout);
export const err = createOutput(process.stderr);
