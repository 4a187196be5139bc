// Markdown to HTML as GitHub shows it: the same anchors, tables, colours of code.
import GithubSlugger from "github-slugger";
import highlighter from "highlight.js/lib/common";
import MarkdownIt from "markdown-it";
import { siteLink } from "./links.mjs";

function highlight(code, language) {
  const known = highlighter.getLanguage(language);
  return known ? highlighter.highlight(code, { language }).value : "";
}

/** Its words, without marks and addresses. */
const textOf = ({ children, content }) => (children ? children.map((child) => child.content || " ").join("") : content);

/**
 * @param known paths of all documents
 * @returns the page's html, and its sections: level, title, anchor, text
 */
export function renderMarkdown({ path, markdown }, known) {
  const markdownIt = new MarkdownIt({ html: false, linkify: false, highlight });
  const slugger = new GithubSlugger();
  const tokens = markdownIt.parse(markdown, {});
  const sections = [];
  const visit = (token) => {
    for (const [name, value] of token.attrs ?? [])
      if (name === "href" || name === "src") token.attrSet(name, siteLink(value, path, known));
    if (token.type === "image") token.attrSet("loading", "lazy");
    token.children?.forEach(visit);
  };
  tokens.forEach((token, i) => {
    visit(token);
    if (token.type === "fence" || (token.type === "inline" && tokens[i - 1].type !== "heading_open"))
      sections.at(-1)?.words.push(textOf(token));
    if (token.type !== "heading_open") return;
    const title = textOf(tokens[i + 1]);
    const anchor = slugger.slug(title);
    token.attrSet("id", anchor);
    sections.push({ level: Number(token.tag.slice(1)), title, anchor, words: [] });
  });
  // Wide ones scroll by themselves, by keyboard too.
  markdownIt.renderer.rules.table_open = () => '<div class="scroll" tabindex="0"><table>';
  markdownIt.renderer.rules.table_close = () => "</table></div>";
  const html = markdownIt.renderer.render(tokens, markdownIt.options, {}).replaceAll("<pre>", '<pre tabindex="0">');
  return { html, sections };
}
