"""Reads exported rollouts as other trainers do, and prints what it found as JSON: FOLDER holds a file for each format."""

import json
import sys
from pathlib import Path

from datasets import load_dataset
from verifiers.v1 import WireTrace

folder = Path(sys.argv[1])


def rows_of(name):
    return load_dataset("json", data_files=str(folder / f"{name}.jsonl"), cache_dir=str(folder / "cache"))["train"]


def counted(name, ids, mask):
    """Rows, tokens and trained tokens; every mask beside its tokens."""
    rows = rows_of(name)
    for row in rows:
        assert len(mask(row)) == len(ids(row)[-len(mask(row)) :]), name
    return {
        "rows": len(rows),
        "tokens": sum(len(ids(row)) for row in rows),
        "trained": sum(int(bit) for row in rows for bit in mask(row)),
        "reward": sum(row[key] for row in rows for key in ("reward", "reward_score", "rewards") if key in row),
    }


def verl_prompts():
    """As verl's RLHFDataset: `datasets.load_dataset("parquet")`, then `prompt` as messages."""
    file = str(folder / "verl-prompts.parquet")
    rows = load_dataset("parquet", data_files=file, cache_dir=str(folder / "cache"))["train"]
    for row in rows:
        assert all(set(message) == {"role", "content"} for message in row["prompt"])
        assert row["reward_model"]["style"] == "rule" and row["reward_model"]["ground_truth"]
        json.loads(row["extra_info"]["tools"])
    return {"rows": len(rows), "sources": sorted({row["data_source"] for row in rows})}


def verifiers_traces():
    """As verifiers' own records: the graph is put together again, branch by branch."""
    traces = [WireTrace.model_validate_json(line) for line in (folder / "verifiers.jsonl").open()]
    branches = [branch for trace in traces for branch in trace.branches]
    for branch in branches:
        assert len(branch.token_ids) == len(branch.sampled_mask)
    return {
        "rows": len(traces),
        "tokens": sum(len(branch.token_ids) for branch in branches),
        "trained": sum(sum(branch.sampled_mask) for branch in branches),
        "reward": sum(trace.reward for trace in traces),
        "calls": sum(len(node.message.tool_calls or []) for trace in traces for node in trace.nodes if node.sampled),
    }


print(
    json.dumps(
        {
            "verl": counted("verl", lambda row: row["prompt_ids"] + row["response_ids"], lambda row: row["response_mask"]),
            "trl": counted("trl", lambda row: row["prompt_ids"] + row["completion_ids"], lambda row: row["env_mask"]),
            "slime": counted("slime", lambda row: row["tokens"], lambda row: row["loss_mask"]),
            "prime-rl": counted("prime-rl", lambda row: row["token_ids"], lambda row: row["mask"]),
            "areal": counted("areal", lambda row: row["input_ids"], lambda row: row["loss_mask"]),
            "verifiers": verifiers_traces(),
            "verl-prompts": verl_prompts(),
        }
    )
)
