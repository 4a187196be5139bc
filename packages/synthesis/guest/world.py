"""A world's tools: `world.py NAME '{"argument": ...}'` for a shell, `world.py mcp` as an MCP server over standard input and output.

Answers are handed in with submit_result, or written to /app/answer.json.
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ANSWER = "/app/answer.json"
PAGE = 20


class Refused(Exception):
    """A call that has no answer; the text is for the agent."""


def load():
    with open(os.path.join(HERE, "world.json")) as file:
        return json.load(file)


def paged(names, page):
    pages = max(1, -(-len(names) // PAGE))
    if not isinstance(page, int) or not 1 <= page <= pages:
        raise Refused(f"there are pages 1 to {pages}, not {page!r}")
    return {"names": names[(page - 1) * PAGE : page * PAGE], "page": page, "pages": pages}


def row_of(table, name):
    for row in table["rows"]:
        if row["name"] == name:
            return row
    raise Refused(f'there is no {table["singular"]} {name!r}')


def parent_of(world, table):
    column = next(column for column in table["columns"] if column["name"] == table["parent"])
    return next(other for other in world["tables"] if other["name"] == column["to"])


def handlers(world):
    """Functions by the names of tools."""
    found = {}
    for table in world["tables"]:
        if "lookup" in table:
            found[table["lookup"]["tool"]] = lambda args, table=table: look_up(table, args)
            continue
        found[f'get_infos_by_{table["singular"]}'] = lambda args, table=table: infos(table, args)
        if "parent" not in table:
            found[f'get_all_{table["name"]}'] = lambda args, table=table: paged(
                [row["name"] for row in table["rows"]], args.get("page", 1)
            )
            continue
        above = parent_of(world, table)
        found[f'get_all_{table["name"]}_by_{above["singular"]}'] = lambda args, table=table, above=above: children(table, above, args)
        found[f'get_{above["singular"]}_by_{table["singular"]}'] = lambda args, table=table: row_of(
            table, args.get(table["singular"])
        )[table["parent"]]
    found["submit_result"] = submit
    return found


def infos(table, args):
    row = row_of(table, args.get("name"))
    keywords = args.get("keywords")
    for word in keywords if isinstance(keywords, list) else []:
        if word not in row:
            raise Refused(f'{table["singular"]} has no {word!r}; it has {", ".join(row)}')
    return {word: row[word] for word in keywords or []}


def children(table, above, args):
    name = row_of(above, args.get(above["singular"]))["name"]
    return paged([row["name"] for row in table["rows"] if row[table["parent"]] == name], args.get("page", 1))


def look_up(table, args):
    by = table["lookup"]["by"]
    for row in table["rows"]:
        if all(row[column] == args.get(column) for column in by):
            return row
    raise Refused(f'there is no {table["name"]} for {[args.get(column) for column in by]}')


def submit(args):
    if not isinstance(args.get("answer"), dict):
        raise Refused("answer must be an object")
    with open(ANSWER + ".part", "w") as file:
        json.dump(args["answer"], file)
    os.replace(ANSWER + ".part", ANSWER)
    return "submitted"


def call(functions, name, args):
    if name not in functions:
        raise Refused(f"there is no tool {name}; there are {', '.join(sorted(functions))}")
    return functions[name](args if isinstance(args, dict) else {})


def serve_mcp(world, functions):
    """MCP, protocol 2025-06-18: initialize, tools/list, tools/call."""
    for line in sys.stdin:
        try:
            message = json.loads(line)
        except ValueError:
            continue
        if "id" not in message:
            continue
        method, params = message.get("method"), message.get("params") or {}
        reply = {"jsonrpc": "2.0", "id": message["id"]}
        if method == "initialize":
            version = params.get("protocolVersion", "2025-06-18")
            info = {"name": world["name"], "version": "1"}
            reply["result"] = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}
        elif method == "tools/list":
            reply["result"] = {"tools": [{**tool, "inputSchema": tool["inputSchema"]} for tool in world["tools"]]}
        elif method == "tools/call":
            try:
                value, failed = call(functions, params.get("name"), params.get("arguments")), False
            except Refused as refused:
                value, failed = str(refused), True
            text = value if isinstance(value, str) else json.dumps(value)
            reply["result"] = {"content": [{"type": "text", "text": text}], "isError": failed}
        elif method == "ping":
            reply["result"] = {}
        else:
            reply["error"] = {"code": -32601, "message": f"no method {method}"}
        print(json.dumps(reply), flush=True)


def main(arguments):
    world = load()
    functions = handlers(world)
    if arguments == ["mcp"]:
        return serve_mcp(world, functions)
    if not arguments:
        for tool in world["tools"]:
            print(f'{tool["name"]} {json.dumps(tool["inputSchema"]["properties"])}: {tool["description"]}')
        return 0
    try:
        args = json.loads(arguments[1]) if len(arguments) > 1 else {}
        print(json.dumps(call(functions, arguments[0], args)))
        return 0
    except (Refused, ValueError) as error:
        print(f"error: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
