/** The search tools inside a Harbor environment: one Python program over a slice of the corpus, needing nothing but Python. */

export const SEARCH_PROGRAM = `"""search WORDS... | open ID | find ID PHRASE: the documents of corpus.jsonl, ranked by BM25."""
import json, math, os, re, sys

PAGE = 6000
K, B, D = 1.2, 0.7, 0.5
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "corpus.jsonl"), encoding="utf-8") as lines:
    documents = [json.loads(line) for line in lines if line.strip()]
by_id = {document["id"]: document for document in documents}


def words(text):
    return [word for word in re.split(r"[\\W_]+", text.lower()) if word]


def ranked(query, limit):
    scores = [0.0] * len(documents)
    matched = [0] * len(documents)
    for field, weight in (("title", 2), ("text", 1)):
        fields = [words(document[field]) for document in documents]
        average = max(1e-9, sum(len(set(each)) for each in fields) / max(1, len(fields)))
        for word in set(words(query)):
            holders = [i for i, each in enumerate(fields) if word in each]
            inverse = math.log(1 + (len(documents) - len(holders) + 0.5) / (len(holders) + 0.5))
            for i in holders:
                times = fields[i].count(word)
                relative = len(set(fields[i])) / average
                scores[i] += weight * inverse * (D + times * (K + 1) / (times + K * (1 - B + B * relative)))
                matched[i] += field == "text"
    order = sorted(range(len(documents)), key=lambda i: (-scores[i] * max(1, matched[i]), i))
    return [documents[i] for i in order if scores[i] > 0][:limit]


def snippet(text, query):
    wanted = set(words(query))
    best = max(text.split("\\n"), key=lambda line: len(wanted & set(words(line))))
    return best.strip()[:240]


def main(command="", *arguments):
    if command == "search" and arguments:
        query = " ".join(arguments)
        for place, document in enumerate(ranked(query, 10), 1):
            print(f"{place}. [{document['id']}] {document['title']}\\n   {snippet(document['text'], query)}")
    elif command == "open" and arguments and arguments[0] in by_id:
        document = by_id[arguments[0]]
        page = int(arguments[1]) if len(arguments) > 1 else 1
        pages = max(1, -(-len(document["text"]) // PAGE))
        print(f"[{document['id']}] {document['title']}, page {page} of {pages}\\n")
        print(document["text"][(page - 1) * PAGE : page * PAGE])
    elif command == "find" and len(arguments) > 1 and arguments[0] in by_id:
        text, phrase = by_id[arguments[0]]["text"], " ".join(arguments[1:])
        places = [match.start() for match in re.finditer(re.escape(phrase), text, re.IGNORECASE)]
        print("\\n---\\n".join(text[max(0, at - 120) : at + 240] for at in places[:20]) or "It is not there.")
    elif arguments and command in ("open", "find"):
        print(f"There is no document {arguments[0]} here; take an id from a search")
    else:
        print(__doc__)


main(*sys.argv[1:])
`;

/** What it is asked for, in the words of an instruction. */
export const SEARCH_HELP = [
  "`python3 /app/search.py search WORDS` finds documents, ten at most, the best first, with their ids in brackets;",
  "`python3 /app/search.py open ID` shows one, `python3 /app/search.py find ID PHRASE` the places of a phrase in it.",
].join("\n");
