import { searchBenchmark } from "../kinds/search.js";
import { generateWorld } from "../search/generated-world.js";
import { searcher } from "../search/searcher.js";
import { temporaryCorpus } from "../search/temporary-corpus.js";

/** Questions where no limit is given. */
const DEFAULT_COUNT = 100;

/** Wei et al. 2025, over local documents instead of the web. Without a file: a generated world. */
export const browsecomp = searchBenchmark({
  name: "browsecomp",
  description: "multi-hop search over a local corpus; without --data over generated pages",
  licence: "MIT (generated); BrowseComp's questions: by --data",
  where:
    "its generator; BrowseComp: github.com/openai/simple-evals (its csv, encrypted as it is), with documents of yours",
  expects: '{"id": "1", "question": "...", "answer": "..."} in --data, {"id", "title", "text"} in --corpus',
  async generate({ seed, limit }) {
    const { pages, questions } = generateWorld(seed, Number.isFinite(limit) ? limit : DEFAULT_COUNT);
    return { corpus: await temporaryCorpus(`world ${seed}`, () => pages), questions };
  },
  scripts: { searcher },
});
