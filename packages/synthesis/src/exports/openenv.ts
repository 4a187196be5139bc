import type { TaskExport } from "./task-export.js";

/** OpenEnv's manifest, and a client with nothing but the standard library, for `cachalot env serve`. */
export const openenv: TaskExport = {
  name: "openenv",
  description: "manifest for OpenEnv and a Python client of cachalot env serve",
  files: (tasks, name) =>
    new Map([
      [
        "openenv.yaml",
        `spec_version: 1\nname: ${name}\ntype: space\nruntime: cachalot\napp: cachalot env serve\nport: 8000\n`,
      ],
      ["tasks.json", `${JSON.stringify(tasks.map(({ name }) => name))}\n`],
      ["client.py", CLIENT],
    ]),
};

const CLIENT = `"""Tasks of \`cachalot env serve DIR\` over OpenEnv's HTTP routes: the first observation of each task."""

import json
import urllib.request


class Environment:
    def __init__(self, url="http://127.0.0.1:8000"):
        self.url = url

    def _post(self, path, body):
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {"content-type": "application/json"})
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def reset(self, task=None, seed=0):
        return self._post("/reset", {"seed": seed, **({"task": task} if task else {})})

    def step(self, tool_name, arguments):
        return self._post("/step", {"action": {"type": "call_tool", "tool_name": tool_name, "arguments": arguments}})
`;
