/** Text of a model as blocks: each is parsed once, when it is finished; code and plain text are cut into pieces the browser can skip. */
import { signal } from "@preact/signals";
import type { VNode } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { CopyButton } from "../../ui/copy-button.js";
import type { Block } from "./blocks.js";

/** The parser, once it is loaded; until then blocks are plain text. */
const parse = signal<((text: string) => string) | undefined>(undefined);

export function loadMarkdown(): void {
  if (!parse.value)
    import("./markdown.js").then(
      ({ toHtml }) => {
        parse.value = toHtml;
      },
      () => undefined,
    );
}

export function Blocks({ done, open }: { done: readonly Block[]; open?: Block }) {
  // Elements of finished blocks are kept: the same element again costs nothing, however many there are.
  const drawn = useRef<{ block: Block; element: VNode }[]>([]);
  drawn.current = done.map((block, i) => {
    const known = drawn.current[i];
    return known?.block === block ? known : { block, element: <BlockView key={i} block={block} /> };
  });
  return (
    <div class="prose">
      {drawn.current.map(({ element }) => element)}
      {open && open.text !== "" && (open.kind === "code" ? <CodeView block={open} /> : <LongText text={open.text} />)}
    </div>
  );
}

function BlockView({ block }: { block: Block }) {
  const toHtml = parse.value;
  // The same element again, so that nothing of a finished block is compared.
  return useMemo(
    () =>
      block.kind === "code" ? (
        <CodeView block={block} />
      ) : toHtml ? (
        <Html html={toHtml(block.text)} />
      ) : (
        <LongText text={block.text} />
      ),
    [block, toHtml],
  );
}

function Html({ html }: { html: string }) {
  return <div class="block" dangerouslySetInnerHTML={{ __html: html }} />;
}

function CodeView({ block }: { block: Block }) {
  return (
    <figure class="code">
      <figcaption>
        <span>{block.language}</span>
        <CopyButton text={block.text} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, also by keyboard */}
      <pre tabIndex={0}>
        <LongText text={block.text} />
      </pre>
    </figure>
  );
}

const PIECE = 2000;

/** Plain text in pieces of about 2000 characters, cut at line ends where there are some. */
export function LongText({ text }: { text: string }) {
  return (
    <div class="plain">
      {piecesOf(text).map((piece, i) => (
        <div key={i} class="piece">
          {piece}
        </div>
      ))}
    </div>
  );
}

/** Pieces end with a line; very long lines are cut at a space. Only the last piece of a text that grows changes. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (text.length - from > PIECE * 2) {
    const line = text.indexOf("\n", from + PIECE);
    const space = text.indexOf(" ", from + PIECE);
    const cut = line >= 0 && line < from + PIECE * 2 ? line : space >= 0 && space < from + PIECE * 2 ? space : -1;
    const end = cut < 0 ? from + PIECE * 2 : cut + 1;
    pieces.push(text.slice(from, end));
    from = end;
  }
  pieces.push(text.slice(from));
  return pieces;
}
