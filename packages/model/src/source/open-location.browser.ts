import { httpSource } from "./http-source.js";
import type { CheckpointSource } from "./source.js";

/** In a page every location is an address, relative to the page's own. */
export function openLocation(location: string): CheckpointSource {
  return httpSource(new URL(location, (globalThis as { location?: { href: string } }).location?.href).href);
}
