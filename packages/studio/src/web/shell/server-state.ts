import { signal } from "@preact/signals";

/** Whether the last request got no answer at all. */
export const serverIsAway = signal(false);
