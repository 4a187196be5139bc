"""Plays an exported taskset as verifiers does, with its own chat loop: FOLDER MODULE SOCKET MODEL_URL. Prints what came of it."""

import asyncio
import hashlib
import json
import os
import sys
from pathlib import Path

folder, module, socket, model_url = sys.argv[1:]
sys.path.insert(0, folder)
os.environ["PYTHONPATH"] = folder  # of the tool server that verifiers starts
os.environ["CACHALOT_TEST_KEY"] = "none"

import verifiers.v1 as vf
from verifiers.v1.runtimes.subprocess import SubprocessRuntime


async def prepare_here(self, script, env=None, *, activate=True):
    """verifiers' chat program by this Python, which has its packages: uv would download them again."""
    path = Path(folder) / f"{hashlib.sha256(script.encode()).hexdigest()}.py"
    path.write_text(script)
    return [sys.executable, str(path)]


SubprocessRuntime.prepare_uv_script = prepare_here


async def main():
    client = {"type": "eval", "base_url": model_url, "api_key_var": "CACHALOT_TEST_KEY"}
    config = vf.SingleAgentEnvConfig.model_validate(
        {
            "taskset": {"id": module, "task": {"tools": {"server": socket}}},
            "agent": {"harness": {"id": "null"}, "runtime": {"type": "subprocess"}},
        }
    )
    env = vf.SingleAgentEnv(config)
    context = vf.ModelContext(model="scripted", client=vf.EvalClientConfig(**client), sampling=vf.SamplingConfig())
    played = []
    async with env.serving():
        for task in env.taskset:
            episode = await env.run_episode(task, context)
            for trace in episode.traces:
                played.append(
                    {
                        "task": trace.task.data.name,
                        "reward": trace.reward,
                        "stop": trace.stop_condition,
                        "turns": trace.num_turns,
                        "errors": [error.message for error in [*episode.errors, *trace.errors]],
                    }
                )
    print(json.dumps(played))


asyncio.run(main())
