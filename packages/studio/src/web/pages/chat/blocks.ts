/** Incremental block parsing of Markdown: text that grows is cut into blocks, and a finished block never changes again. */

export interface Block {
  kind: "markdown" | "code";
  text: string;
  /** Of code. */
  language: string;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)/;

/** Cuts at empty lines outside of fenced code, where what follows is not indented: lists and quoted code stay whole. */
export class BlockSplitter {
  readonly done: Block[] = [];
  private lines: string[] = [];
  private rest = "";
  private fence: { mark: string; language: string } | undefined;
  private gap = false;

  push(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop()!;
    for (const line of lines) this.line(line);
  }

  /** The block that is not finished, as it stands. */
  get open(): Block {
    const text = [...this.lines, this.rest].join("\n");
    return this.fence
      ? { kind: "code", language: this.fence.language, text }
      : { kind: "markdown", language: "", text };
  }

  /** Every block, the last one as it stands. */
  end(): Block[] {
    const { open } = this;
    return open.text.trim() === "" ? [...this.done] : [...this.done, open];
  }

  private line(line: string): void {
    if (this.fence) {
      if (closes(line, this.fence.mark)) this.close({ kind: "code", language: this.fence.language });
      else this.lines.push(line);
      return;
    }
    const opening = FENCE.exec(line);
    if (opening) {
      this.close({ kind: "markdown", language: "" });
      this.fence = { mark: opening[1]!, language: opening[2]! };
      return;
    }
    if (line.trim() === "") this.gap = true;
    else if (this.gap && !/^\s/.test(line)) this.close({ kind: "markdown", language: "" });
    this.lines.push(line);
  }

  private close(kind: Omit<Block, "text">): void {
    const text = this.lines.join("\n");
    if (kind.kind === "code" || text.trim() !== "") this.done.push({ ...kind, text });
    this.lines = [];
    this.fence = undefined;
    this.gap = false;
  }
}

function closes(line: string, mark: string): boolean {
  const text = line.trim();
  return text.length >= mark.length && [...text].every((character) => character === mark[0]);
}

export function blocksOf(text: string): Block[] {
  const splitter = new BlockSplitter();
  splitter.push(text);
  return splitter.end();
}
