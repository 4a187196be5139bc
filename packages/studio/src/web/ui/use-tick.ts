import { useEffect, useState } from "preact/hooks";

/** The time, read again every `ms`; without it the time of the first drawing. */
export function useTick(ms: number | undefined): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (ms === undefined) return;
    const timer = setInterval(() => setNow(Date.now()), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return now;
}
