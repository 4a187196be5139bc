// Where the links of the repository's documents lead in the site.
import { posix } from "node:path";

const SOURCE = "https://github.com/cachalot/cachalot/blob/main/";

/** Address of a document in the site, from its root. */
export function hrefOf(path) {
  if (path === "README.md") return "index.html";
  const [, name] = /^packages\/([^/]+)\/README\.md$/.exec(path) ?? [];
  return name ? `packages/${name}.html` : path.replace(/^docs\//, "").replace(/\.md$/, ".html");
}

/**
 * A link as a page of the site has it: to another page, to a file that lies beside the pages, or to the source.
 * @param from path of the document it stands in
 * @param known paths of all documents
 */
export function siteLink(link, from, known) {
  if (/^(?:[a-z]+:|#|\/\/)/i.test(link))
    return link.startsWith(SOURCE) ? siteLink(`/${link.slice(SOURCE.length)}`, from, known) : link;
  const [path, fragment = ""] = link.split(/(?=#)/);
  const target = path.startsWith("/") ? path.slice(1) : posix.normalize(posix.join(posix.dirname(from), path));
  const document = [target, `${target.replace(/\/$/, "")}/README.md`].find((candidate) => known.has(candidate));
  const up = "../".repeat(hrefOf(from).split("/").length - 1);
  if (document) return up + hrefOf(document) + fragment;
  if (/^docs\/(?:images|embedded)\//.test(target)) return up + target.replace(/^docs\//, "") + fragment;
  return SOURCE + target + fragment;
}
