/** Tokens as running text in a list box: one stop of the tab key, arrow keys within, and the pointer. */
import { useEffect, useMemo, useRef } from "preact/hooks";

export interface TokenListProps {
  id: string;
  label: string;
  texts: readonly string[];
  /** How each token looks; it changes far more often than the texts. */
  classOf(index: number): string;
  titleOf(index: number): string;
  active: number;
  /** Tokens that up and down skip. */
  jump: number;
  onActive(index: number): void;
  onHover(index: number | undefined): void;
  /** Keep the active token in sight. */
  follow: boolean;
}

/** Texts that would not be seen. */
function visible(text: string): string {
  return text === "" ? "▫" : text.replace(/\n/g, "⏎\n");
}

export function TokenList(props: TokenListProps) {
  const { id, label, texts, active, jump, onActive, onHover, follow } = props;
  const box = useRef<HTMLDivElement>(null);
  // The same elements while the texts are the same: nothing is compared then.
  const spans = useMemo(
    () =>
      texts.map((text, i) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus, and names its active token
        <span
          key={i}
          id={`${id}-${i}`}
          data-i={i}
          role="option"
          aria-selected="false"
          aria-label={text.trim() === "" ? "␣" : undefined}
        >
          {visible(text)}
        </span>
      )),
    [id, texts],
  );
  useEffect(() => {
    // Thousands of spans: only what changed is touched.
    for (const [i, child] of [...(box.current?.children ?? [])].entries()) {
      const looks = `t ${props.classOf(i)}${i === active ? " active" : ""}`;
      if (child.className !== looks) child.className = looks;
      const selected = String(i === active);
      if (child.ariaSelected !== selected) child.ariaSelected = selected;
    }
  });
  useEffect(() => {
    const child = box.current?.children[active] as HTMLElement | undefined;
    if (!follow || !child || !box.current) return;
    const { offsetTop, offsetHeight } = child;
    const { scrollTop, clientHeight } = box.current;
    if (offsetTop < scrollTop) box.current.scrollTop = offsetTop - 8;
    else if (offsetTop + offsetHeight > scrollTop + clientHeight)
      box.current.scrollTop = offsetTop + offsetHeight - clientHeight + 8;
  }, [active, follow, texts.length]);
  const indexOf = (event: Event) => {
    const index = (event.target as HTMLElement).dataset.i;
    return index === undefined ? undefined : Number(index);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowLeft: active - 1, ArrowRight: active + 1, ArrowUp: active - jump, ArrowDown: active + jump };
    const target = { ...to, Home: 0, End: texts.length - 1 }[event.key];
    if (target === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onActive(Math.max(0, Math.min(texts.length - 1, target)));
  };
  return (
    <div
      ref={box}
      id={id}
      class="token-list"
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={active >= 0 && active < texts.length ? `${id}-${active}` : undefined}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        const index = indexOf(event);
        if (index !== undefined) onActive(index);
      }}
      onPointerMove={(event) => {
        const index = indexOf(event);
        if (index !== undefined) (event.target as HTMLElement).title = props.titleOf(index);
        onHover(index);
      }}
      onPointerLeave={() => onHover(undefined)}
    >
      {spans}
    </div>
  );
}
