/** Path containment: names that come from an address stay below the folder they belong to. */

import { join, resolve, sep } from "node:path";
import { ApiError } from "@cachalot/server";

/** @throws ApiError 404 for a name that leads elsewhere */
export function pathBelow(folder: string, ...names: string[]): string {
  const root = resolve(folder);
  const path = resolve(join(root, ...names));
  if (path.startsWith(root + sep) && !names.some((name) => name.includes("\0"))) return path;
  throw new ApiError(404, `${names.join("/").slice(0, 100)} is not below ${folder}; ask for a name from the list`, {
    code: "not_found",
  });
}
