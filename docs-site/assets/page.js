// Search as one types; the index is loaded when the field is first used.
import MiniSearch from "./minisearch.js";

const root = document.documentElement.dataset.root;
const field = document.querySelector("input[type=search]");
const hits = document.querySelector(".hits");
let loading;

function loadIndex() {
  loading ??= fetch(`${root}assets/search.json`)
    .then((response) => response.json())
    .then((documents) => {
      const index = new MiniSearch({
        fields: ["title", "page", "text"],
        storeFields: ["title", "page", "text"],
        searchOptions: { boost: { title: 3, page: 2 }, prefix: true, fuzzy: 0.1 },
      });
      index.addAll(documents);
      return index;
    });
  return loading;
}

function hit({ id, title, page, text, terms }) {
  const link = document.createElement("a");
  link.href = root + id;
  const name = document.createElement("b");
  name.textContent = title === page ? title : `${page}: ${title}`;
  const at = Math.max(0, text.toLowerCase().indexOf(terms[0] ?? "") - 40);
  const excerpt = document.createElement("span");
  excerpt.textContent = text.slice(at, at + 140);
  link.append(name, excerpt);
  const item = document.createElement("li");
  item.append(link);
  return item;
}

field.addEventListener("focus", loadIndex);
field.addEventListener("input", async () => {
  const index = await loadIndex();
  hits.replaceChildren(...index.search(field.value).slice(0, 10).map(hit));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hits.replaceChildren();
  if (event.key === "/" && !/^(?:input|textarea|select)$/i.test(document.activeElement?.tagName ?? "")) {
    event.preventDefault();
    field.focus();
  }
});
