import { rowOf, type TaskExport } from "./task-export.js";

/** A package for Prime Intellect's verifiers: \`load_environment()\` plays the tasks of \`cachalot env serve\` over its socket. */
export const verifiers: TaskExport = {
  name: "verifiers",
  description: "a Python package for verifiers, which plays on cachalot env serve",
  files(tasks, name) {
    const module = name.replaceAll("-", "_");
    const rows = tasks
      .map(rowOf)
      .map(
        ({ id, kind, prompt }) =>
          `${JSON.stringify({ prompt, info: JSON.stringify({ task: id, kind }), answer: "" })}\n`,
      );
    return new Map([
      ["pyproject.toml", PROJECT.replaceAll("NAME", name).replaceAll("MODULE", module)],
      [`${module}/__init__.py`, MODULE],
      [`${module}/tasks.jsonl`, rows.join("")],
    ]);
  },
};

const PROJECT = `[project]
name = "NAME"
version = "0.1.0"
requires-python = ">=3.10"
dependencies = ["verifiers>=0.1.3", "websockets>=12"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["MODULE"]
`;

const MODULE = `"""Tasks of \`cachalot env serve DIR\` as a verifiers environment: the server has the tools and the judge."""

import json
import os

import verifiers as vf
from datasets import Dataset
from websockets.asyncio.client import connect

HERE = os.path.dirname(os.path.abspath(__file__))


def read_tasks():
    with open(os.path.join(HERE, "tasks.jsonl")) as file:
        return [json.loads(line) for line in file]


class CachalotEnv(vf.MultiTurnEnv):
    """One socket per rollout; tool calls go to the server, and the reward of submit_result comes back."""

    def __init__(self, url="ws://127.0.0.1:8000/ws", **kwargs):
        self.url = url
        super().__init__(**kwargs)

    async def ask(self, state, message):
        await state["socket"].send(json.dumps(message))
        reply = json.loads(await state["socket"].recv())
        if reply["type"] == "error":
            raise RuntimeError(reply["data"]["message"])
        return reply["data"]

    async def setup_state(self, state, **kwargs):
        info = state["info"] if isinstance(state["info"], dict) else json.loads(state["info"])
        state["socket"] = await connect(self.url, max_size=None)
        first = await self.ask(state, {"type": "reset", "data": {"task": info["task"]}})
        state["reward_of_server"], state["over"] = 0.0, False
        state["tools"] = first["observation"]["tools"]
        state["info"] = {**info, "oai_tools": state["tools"]}
        return state

    @vf.stop
    async def task_is_over(self, state):
        return state.get("over", False)

    @vf.cleanup
    async def close_socket(self, state):
        if "socket" in state:
            await state.pop("socket").close()

    async def env_response(self, messages, state, **kwargs):
        calls = messages[-1].get("tool_calls") or []
        replies = []
        for call in calls:
            function = call["function"] if isinstance(call, dict) else call.function
            name = function["name"] if isinstance(function, dict) else function.name
            arguments = function["arguments"] if isinstance(function, dict) else function.arguments
            action = {"type": "call_tool", "tool_name": name, "arguments": json.loads(arguments or "{}")}
            seen = await self.ask(state, {"type": "step", "data": action})
            if seen["done"]:
                state["over"], state["reward_of_server"] = True, seen["reward"] or 0.0
            text = seen["observation"].get("error") or seen["observation"].get("result") or ""
            identity = call["id"] if isinstance(call, dict) else call.id
            replies.append({"role": "tool", "tool_call_id": identity, "content": text})
        if not calls:
            state["over"] = True
        return replies


def load_environment(url="ws://127.0.0.1:8000/ws", max_turns=50, **kwargs):
    async def reward(state):
        return state.get("reward_of_server", 0.0)

    rubric = vf.Rubric(funcs=[reward], weights=[1.0])
    return CachalotEnv(url=url, dataset=Dataset.from_list(read_tasks()), rubric=rubric, max_turns=max_turns, **kwargs)
`;
