/** Protection against DNS rebinding: a web page whose name is made to resolve to this machine. */

import { isIPv4 } from "node:net";
import type { MiddlewareHandler } from "hono";
import { ApiError } from "../api-error.js";

/** Whether a host name can only mean this machine. IPv6 addresses may stand in brackets. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  if (name === "localhost" || name.endsWith(".localhost") || name === "::1") return true;
  return isIPv4(name) && name.startsWith("127.");
}

/** The name in a `Host` header, without its port. */
function hostnameOf(header: string): string {
  return header.replace(/:\d*$/, "");
}

/** Whether a `Host` header is loopback or in `allowedHosts`. */
export function hostCheck(allowedHosts: readonly string[]): (host: string) => boolean {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  return (host) => {
    const hostname = hostnameOf(host);
    return isLoopback(hostname) || allowed.has(hostname.toLowerCase());
  };
}

/** Refuses requests whose `Host` is neither loopback nor in `allowedHosts`. */
export function hostGuard(allowedHosts: readonly string[]): MiddlewareHandler {
  const isAllowed = hostCheck(allowedHosts);
  return async (c, next) => {
    if (!isAllowed(c.req.header("host") ?? new URL(c.req.url).host)) {
      throw new ApiError(403, "This Host header is not allowed here; use localhost, or add the name to allowedHosts", {
        code: "host_not_allowed",
      });
    }
    await next();
  };
}
