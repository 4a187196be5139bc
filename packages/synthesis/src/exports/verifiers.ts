import { rowOf, type TaskExport } from "./task-export.js";

/** A package for Prime Intellect's verifiers (v1): a taskset whose tools and judge are those of `cachalot env serve`. */
export const verifiers: TaskExport = {
  name: "verifiers",
  description: "a Python package for verifiers, which plays on cachalot env serve",
  files(tasks, name) {
    const module = name.replaceAll("-", "_");
    const rows = tasks.map(rowOf).map(({ id, kind, prompt }) => ({ id, name: id, kind, prompt: prompt[0]!.content }));
    return new Map([
      ["pyproject.toml", PROJECT.replaceAll("NAME", name).replaceAll("MODULE", module)],
      [`${module}/__init__.py`, INIT],
      [`${module}/taskset.py`, TASKSET],
      [`${module}/tools.py`, TOOLS],
      [`${module}/tasks.jsonl`, rows.map((row) => `${JSON.stringify(row)}\n`).join("")],
    ]);
  },
};

const PROJECT = `[project]
name = "NAME"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["verifiers>=0.4", "websockets>=12"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["MODULE"]
`;

const INIT = `"""Tasks of \`cachalot env serve DIR\` as a verifiers taskset: the server has the tools and the judge."""

from .taskset import CachalotTaskset

__all__ = ["CachalotTaskset"]
`;

const TASKSET = `"""The taskset: prompts are here, tools and reward come from the server."""

import json
from pathlib import Path

import verifiers.v1 as vf

from .tools import CachalotState, CachalotToolsConfig, CachalotToolset


class CachalotData(vf.TaskData):
    kind: str


class CachalotTaskConfig(vf.TaskConfig):
    tools: CachalotToolsConfig = CachalotToolsConfig()


class CachalotTask(vf.Task[CachalotData, CachalotState, CachalotTaskConfig]):
    @classmethod
    def toolsets(cls, config: CachalotTaskConfig) -> list[vf.Toolset]:
        return [CachalotToolset(config.tools)]

    @vf.stop
    async def task_is_over(self, trace: vf.Trace) -> bool:
        return trace.state.over

    @vf.reward(weight=1.0)
    async def verdict(self, trace: vf.Trace) -> float:
        if trace.state.over and trace.state.reward is None:
            raise vf.TaskError("the server could not measure this attempt")
        return trace.state.reward or 0.0


class CachalotConfig(vf.TasksetConfig):
    task: CachalotTaskConfig = CachalotTaskConfig()


class CachalotTaskset(vf.Taskset[CachalotTask, CachalotConfig]):
    def load(self) -> list[CachalotTask]:
        lines = (Path(__file__).parent / "tasks.jsonl").read_text().splitlines()
        return [CachalotTask(CachalotData(**json.loads(line)), self.config.task) for line in lines]
`;

const TOOLS = `"""A task's tools, for one rollout: calls go to the server over a socket, and the verdict of submit_result comes back."""

import asyncio
import inspect
import json
from typing import Annotated, Any

import verifiers.v1 as vf
from pydantic import Field
from websockets.asyncio.client import connect

TYPES = {"string": str, "integer": int, "number": float, "boolean": bool, "array": list, "object": dict}


class CachalotState(vf.State):
    over: bool = False
    reward: float | None = None


class CachalotToolsConfig(vf.ToolsetConfig):
    server: str = "ws://127.0.0.1:8000/ws"
    """The socket of \`cachalot env serve\`: --env.taskset.task.tools.server"""


class CachalotToolset(vf.Toolset[CachalotToolsConfig, CachalotState]):
    TOOL_PREFIX = None

    async def setup_task(self, task):
        self.turn = asyncio.Lock()
        self.socket = await self._exit_stack.enter_async_context(connect(self.config.server, max_size=None))
        first = await self.ask("reset", {"task": task.id})
        self.served = first["observation"]["tools"]

    def register(self, mcp):
        for tool in self.served:
            call = self._with_state(self.function_of(tool["name"], tool["input_schema"]))
            mcp.add_tool(call, name=tool["name"], description=tool["description"], structured_output=False)

    async def ask(self, kind, data):
        async with self.turn:
            await self.socket.send(json.dumps({"type": kind, "data": data}))
            reply = json.loads(await self.socket.recv())
        if reply["type"] == "error":
            raise RuntimeError(reply["data"]["message"])
        return reply["data"]

    def function_of(self, name, schema):
        async def call(**arguments) -> str:
            given = {key: value for key, value in arguments.items() if value is not None}
            seen = await self.ask("step", {"type": "call_tool", "tool_name": name, "arguments": given})
            if seen["done"]:
                self.state.over, self.state.reward = True, seen["reward"]
            error = seen["observation"].get("error")
            return error["message"] if error else seen["observation"].get("result") or ""

        call.__signature__ = inspect.Signature(parameters_of(schema), return_annotation=str)
        return call


def parameters_of(schema):
    """Aliases, as a property's name may be none in Python."""
    parameters = []
    for number, (name, described) in enumerate(schema.get("properties", {}).items()):
        kind = described.get("type")
        plain = TYPES.get(kind, Any) if isinstance(kind, str) else Any
        needed = name in schema.get("required", [])
        field = Field(alias=name, json_schema_extra=described)
        parameters.append(
            inspect.Parameter(
                f"argument_{number}",
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if needed else None,
                annotation=Annotated[plain if needed else plain | None, field],
            )
        )
    return parameters


if __name__ == "__main__":
    CachalotToolset.run()
`;
