/** The prompt token by token. Tokens far from what can be seen are plain text, so that long prompts stay light. */
import { useMemo, useRef, useState } from "preact/hooks";
import type { EncodedPart, EncodedToken, Encoding } from "../../../wire/encoding.js";
import { CopyButton } from "../../ui/copy-button.js";
import { number } from "../../ui/format.js";
import { useNear } from "../../ui/use-near.js";
import { words } from "./words.js";

const CHUNK = 400;

export function PromptView({ encoding }: { encoding: Encoding }) {
  const w = words();
  const { parts, problem, thinking, hasTokenizer } = encoding;
  const all = useMemo(() => parts.flatMap(({ tokens }) => tokens), [parts]);
  const box = useRef<HTMLElement>(null);
  const [current, setCurrent] = useState<number>();
  const point = (index: number | undefined) => {
    box.current?.querySelector(".token.current")?.classList.remove("current");
    const element = index === undefined ? undefined : box.current?.querySelector(`[data-i="${index}"]`);
    element?.classList.add("current");
    setCurrent(index);
    return element;
  };
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const to = current === undefined ? 0 : Math.min(all.length - 1, Math.max(0, current + step));
    point(to)?.scrollIntoView({ block: "nearest" });
  };
  const text = useMemo(() => all.map((token) => token.text).join(""), [all]);
  return (
    <section class="prompt" aria-label={w.prompt}>
      <header>
        <h2>{w.prompt}</h2>
        <span class="quiet">
          {hasTokenizer && `${number(all.length)} ${w.tokens} · `}
          {thinking ? w.thinking : w.chat}
        </span>
        <CopyButton text={text} />
      </header>
      {problem && (
        <p class="problem" role="alert">
          {w.notEncoded} {problem.message}
        </p>
      )}
      {!hasTokenizer && <p class="quiet">{w.noTokenizer}</p>}
      <Detail token={current === undefined ? undefined : all[current]} />
      <Parts parts={parts} boxRef={box} onPoint={point} onKeyDown={move} />
    </section>
  );
}

/** Drawn once for each answer of the server: what is pointed at changes classes only. */
function Parts({
  parts,
  boxRef,
  onPoint,
  onKeyDown,
}: {
  parts: readonly EncodedPart[];
  boxRef: { current: HTMLElement | null };
  onPoint(index: number): void;
  onKeyDown(event: KeyboardEvent): void;
}) {
  const w = words();
  const drawn = useMemo(() => {
    let start = 0;
    return parts.map((part) => {
      const from = start;
      start += part.tokens.length;
      return <PartView key={`${part.message}-${from}`} part={part} start={from} />;
    });
  }, [parts]);
  const point = ({ target }: Event) => {
    const index = (target as Element).closest<HTMLElement>(".token")?.dataset.i;
    if (index !== undefined) onPoint(Number(index));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of text, not of fields
    <div
      class="parts"
      role="group"
      aria-label={w.hint}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move from token to token
      tabIndex={0}
      ref={(element) => {
        boxRef.current = element;
      }}
      onMouseOver={point}
      onFocus={point}
      onClick={point}
      onKeyDown={onKeyDown}
    >
      {drawn}
    </div>
  );
}

function PartView({ part: { message, role, tokens }, start }: { part: EncodedPart; start: number }) {
  const w = words();
  const chunks: { at: number; tokens: EncodedToken[] }[] = [];
  for (let at = 0; at < tokens.length; at += CHUNK) chunks.push({ at, tokens: tokens.slice(at, at + CHUNK) });
  return (
    <div class={`part ${role}`}>
      <p class="part-head">
        <span>{message < 0 ? w.added : message}</span> <strong>{role}</strong>{" "}
        <span>
          {number(tokens.length)} {w.tokens}
        </span>
      </p>
      {chunks.map(({ at, tokens: some }) => (
        <Chunk key={at} tokens={some} start={start + at} />
      ))}
    </div>
  );
}

function Chunk({ tokens, start }: { tokens: readonly EncodedToken[]; start: number }) {
  const [ref, isNear] = useNear<HTMLDivElement>();
  return (
    <div class="chunk" ref={ref}>
      {isNear
        ? tokens.map((token, i) => <TokenView key={start + i} token={token} index={start + i} />)
        : tokens.map(({ text }) => text).join("")}
    </div>
  );
}

function TokenView({ token: { text, hex, isSpecial }, index }: { token: EncodedToken; index: number }) {
  const kind = isSpecial ? "special" : hex === undefined ? "" : "part-of-character";
  return (
    <span class={`token ${kind}`} data-i={index}>
      {hex ?? text}
    </span>
  );
}

/** What is known of one token. */
function Detail({ token }: { token: EncodedToken | undefined }) {
  const w = words();
  if (!token) return <p class="detail quiet">{w.hint}</p>;
  const hex =
    token.hex ??
    Array.from(new TextEncoder().encode(token.text), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const bytes = hex.match(/../g) ?? [];
  return (
    <p class="detail" aria-live="polite">
      <code class="detail-text">{token.hex === undefined ? JSON.stringify(token.text) : "…"}</code>
      {token.id !== undefined && (
        <span>
          {w.id} <strong>{token.id}</strong>
        </span>
      )}
      {token.isSpecial && <span>{w.special}</span>}
      <span class="detail-bytes">
        {bytes.length} {w.bytes} <code>{bytes.slice(0, 24).join(" ")}</code>
        {bytes.length > 24 && "…"}
      </span>
    </p>
  );
}
