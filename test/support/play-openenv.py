"""Plays a served task with OpenEnv's own clients: URL, and as JSON on stdin {task, list, answer}. Prints what came of it."""

import asyncio
import json
import sys
import urllib.request

from openenv.core import GenericEnvClient, MCPToolClient
from openenv.core.env_server.mcp_types import CallToolAction
from openenv.core.env_server.types import (
    EnvironmentMetadata,
    HealthResponse,
    ResetResponse,
    SchemaResponse,
    StepResponse,
)

url = sys.argv[1]
given = json.load(sys.stdin)


def asked(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url + path, data, {"content-type": "application/json"})) as reply:
        return json.load(reply)


def over_http():
    """Its models refuse what they do not know."""
    HealthResponse.model_validate(asked("/health"))
    SchemaResponse.model_validate(asked("/schema"))
    reset = ResetResponse.model_validate(asked("/reset", {"seed": 0}))
    action = {"type": "call_tool", "tool_name": given["list"], "arguments": {}}
    step = StepResponse.model_validate(asked("/step", {"action": action}))
    return {
        "name": EnvironmentMetadata.model_validate(asked("/metadata")).name,
        "instruction": reset.observation["instruction"],
        "result": step.observation["result"],
    }


async def play(answer):
    async with MCPToolClient(base_url=url) as env:
        reset = await env.reset(task=given["task"])
        tools = await env.list_tools(use_cache=False)
        listed = await env.call_tool(given["list"])
        try:
            await env.call_tool("fly")
        except RuntimeError as error:
            unknown = str(error)
        last = await env.step(CallToolAction(tool_name="submit_result", arguments={"answer": answer}))
        state = await env.state()
        return {
            "instruction": reset.observation.metadata["instruction"],
            "tools": [tool.name for tool in tools],
            "described": all(tool.description and tool.input_schema["type"] == "object" for tool in tools),
            "listed": listed,
            "unknown": unknown,
            "reward": last.reward,
            "done": last.done,
            "steps": state.step_count,
        }


async def play_with_dictionaries():
    async with GenericEnvClient(base_url=url) as env:
        await env.reset(task=given["task"])
        action = {"type": "call_tool", "tool_name": "submit_result", "arguments": {"answer": given["answer"]}}
        return (await env.step(action)).reward


async def main():
    played = {"right": await play(given["answer"]), "wrong": await play({})}
    print(json.dumps({**played, "generic": await play_with_dictionaries(), "http": over_http()}))


asyncio.run(main())
