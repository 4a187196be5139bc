"""Verifier of plans: reads the world's tables and the answer, and names the first rules that are broken.

A code path of its own: it shares nothing with the solver or the generator but the constraints' JSON.
"""

import json
import os
import sys

EPSILON = 1e-9
OPEN = float("inf")


class Problem(Exception):
    """What is wrong with an answer as a whole."""


def load_plan(world, answer):
    """slot id -> row of its table, from {"day 1": {"hotel": name}}."""
    if not isinstance(answer, dict):
        raise Problem("format: the answer is no object of groups")
    tables = {table["name"]: table for table in world["tables"]}
    rows, names = {}, {}
    for slot in world["slots"]:
        group = answer.get(slot["group"])
        value = group.get(slot["name"]) if isinstance(group, dict) else None
        where = f'{slot["name"]} of {slot["group"]}'
        if not isinstance(value, str):
            raise Problem(f"format: {where} is missing, or no text")
        row = next((row for row in tables[slot["table"]]["rows"] if row["name"] == value), None)
        if row is None:
            raise Problem(f"unknown: {where} is no {tables[slot['table']]['singular']} there is: {value[:80]}")
        key = f'{slot["group"]}.{slot["name"]}'
        rows[key], names[key] = row, value
    return rows, names, tables


def term_value(term, rows, names, tables):
    if "slot" in term:
        return rows[term["slot"]].get(term["column"])
    wanted = {column: slot[1:] if slot.startswith("=") else names[slot] for column, slot in term["by"].items()}
    for row in tables[term["lookup"]]["rows"]:
        if all(row[column] == value for column, value in wanted.items()):
            return row.get(term["column"])
    return None


def met(rule, rows, names, tables):
    kind = rule["type"]
    again = lambda inner: met(inner, rows, names, tables)
    if kind == "if":
        return again(rule["must"]) if again(rule["when"]) else True
    if kind == "any":
        return any(map(again, rule["of"]))
    if kind == "all":
        return all(map(again, rule["of"]))
    if kind == "within":
        return rows[rule["slot"]][rule["column"]] == names[rule["of"]]
    if kind == "is":
        return rows[rule["slot"]][rule["column"]] == rule["value"]
    if kind == "different":
        values = [rows[slot][rule["column"]] if rule.get("column") else names[slot] for slot in rule["slots"]]
        return len(set(values)) == len(values)
    if kind == "same":
        return len({rows[slot][rule["column"]] for slot in rule["slots"]}) == 1
    if kind == "order":
        values = [rows[slot][rule["column"]] for slot in rule["slots"]]
        return all(a <= b for a, b in zip(values, values[1:]))
    if kind == "count":
        count = sum(rows[slot][rule["column"]] == rule["value"] for slot in rule["slots"])
        return rule.get("least", 0) <= count <= rule.get("most", OPEN)
    if kind == "between":
        values = [term_value(term, rows, names, tables) for term in rule["terms"]]
        if not all(isinstance(value, (int, float)) for value in values):
            return False
        total = sum(-value if term.get("minus") else value for term, value in zip(rule["terms"], values))
        return rule.get("low", -OPEN) - EPSILON <= total <= rule.get("high", OPEN) + EPSILON
    raise ValueError(f"no such rule: {kind}")


def broken(task, answer):
    """Names of the rules that an answer breaks; none for a right one."""
    try:
        rows, names, tables = load_plan(task["world"], answer)
    except Problem as problem:
        return [str(problem)]
    return [f'{rule["name"]}: {rule["words"]}' for rule in task["rules"] if not met(rule, rows, names, tables)]


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "task.json")) as file:
        task = json.load(file)
    try:
        if os.path.getsize("/app/answer.json") > 1_000_000:
            raise ValueError("it is too long")
        with open("/app/answer.json") as file:
            answer = json.load(file)
        problems = broken(task, answer)
    except (OSError, ValueError, RecursionError) as error:
        problems = [f"format: /app/answer.json cannot be read: {error}"]
    print("\n".join(problems) if problems else "every rule is met")
    os.makedirs("/logs/verifier", exist_ok=True)
    with open("/logs/verifier/reward.txt", "w") as file:
        file.write("0" if problems else "1")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        # Many answers at once, a JSON line each, for comparing with other judges.
        task = json.load(open(sys.argv[1]))
        for line in sys.stdin:
            print(json.dumps(broken(task, json.loads(line))))
    else:
        main()
