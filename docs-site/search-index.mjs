// Full-text search: one entry for each section of a page, as plain text.

/** @returns documents for minisearch */
export function searchIndex(pages) {
  return pages.flatMap(({ href, title: page, sections }) =>
    sections.map(({ title, anchor, words }) => ({
      id: `${href}#${anchor}`,
      page,
      title,
      text: words.join(" ").replace(/\s+/g, " ").trim(),
    })),
  );
}
