import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

const watched = new WeakMap<Element, () => void>();

/** One observer for all: a thousand of them would cost what they save. */
const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) watched.get(target)?.();
  },
  // The margin of scrolled containers, which not every list of types has yet.
  { rootMargin: "800px 0px", scrollMargin: "800px 0px" } as IntersectionObserverInit,
);

/** Whether an element was ever near what can be seen: what is expensive is drawn then. */
export function useNear<T extends Element>(): [RefObject<T | null>, boolean] {
  const ref = useRef<T>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (!element || isNear) return;
    watched.set(element, () => setNear(true));
    observer.observe(element);
    return () => observer.unobserve(element);
  }, [isNear]);
  return [ref, isNear];
}
