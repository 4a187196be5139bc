/** Client-side routing: the address is the state. */
import { signal } from "@preact/signals";

export const BASE = "/studio";

const read = () => location.pathname.slice(BASE.length).replace(/\/+$/, "") || "/";

/** The address below `/studio`, without its query. */
export const path = signal(read());
/** The query, as a string that begins with "?" or is empty. */
export const query = signal(location.search);

function follow(): void {
  path.value = read();
  query.value = location.search;
}

addEventListener("popstate", follow);

/** @param to below `/studio`, with its query */
export function navigate(to: string, { replace = false } = {}): void {
  history[replace ? "replaceState" : "pushState"](null, "", BASE + to);
  follow();
}

/** Links to our pages change the address without loading anew. */
export function followLinks(event: MouseEvent): void {
  const link = (event.target as Element).closest("a");
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target || link.hasAttribute("download"))
    return;
  if (link.origin !== location.origin || !link.pathname.startsWith(`${BASE}/`)) return;
  if (/^\/studio\/(?:docs|api|assets)\//.test(link.pathname)) return;
  event.preventDefault();
  navigate(link.pathname.slice(BASE.length) + link.search);
}

/**
 * The parameters of `/runs/:run?/:step?` in an address, or nothing where it does not fit; those with "?" may be missing.
 */
export function match(pattern: string, address: string): Record<string, string> | undefined {
  const parts = address.split("/").filter(Boolean).map(decodeURIComponent);
  const params: Record<string, string> = {};
  const names = pattern.split("/").filter(Boolean);
  for (const [i, name] of names.entries()) {
    const part = parts[i];
    if (!name.startsWith(":")) {
      if (part !== name) return undefined;
    } else if (part !== undefined) params[name.replace(/^:|\?$/g, "")] = part;
    else if (!name.endsWith("?")) return undefined;
  }
  return parts.length > names.length ? undefined : params;
}
