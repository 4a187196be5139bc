/** Markdown to HTML that cannot act: raw HTML is shown as text, images become links, and DOMPurify has the last word. */
import DOMPurify from "dompurify";
import { Marked } from "marked";

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const isWeb = (href: string): boolean => /^(?:https?:|mailto:)/i.test(href.trim());

const marked = new Marked({ gfm: true, breaks: true, async: false }).use({
  renderer: {
    html: ({ text }) => escaped(text),
    image: ({ href, text }) => link(href, escaped(text || href)),
    link({ href, tokens }) {
      return link(href, this.parser.parseInline(tokens));
    },
  },
});

function link(href: string, inside: string): string {
  if (!isWeb(href)) return inside;
  return `<a href="${escaped(href)}" target="_blank" rel="noopener noreferrer nofollow">${inside}</a>`;
}

const ALLOWED = {
  ALLOWED_TAGS:
    "p br strong em del code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 table thead tbody tr th td a hr sup sub".split(
      " ",
    ),
  ALLOWED_ATTR: ["href", "target", "rel", "start", "align"],
};

/** @param text of a finished block */
export function toHtml(text: string): string {
  return DOMPurify.sanitize(marked.parse(text) as string, ALLOWED);
}
