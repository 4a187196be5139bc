"""Custom environment of Harbor's: its containers are cachalot's sandboxes, each behind a Node process that speaks JSON lines."""

import asyncio
import base64
import contextlib
import itertools
import json
import shlex
import uuid
from pathlib import Path

from harbor.environments.base import BaseEnvironment, ExecResult, SandboxBuildFailedError
from harbor.environments.capabilities import EnvironmentCapabilities, EnvironmentResourceCapabilities
from harbor.environments.definition import require_agent_environment_definition
from harbor.environments.tar_transfer import (
    extract_dir_from_bytes,
    pack_dir_to_bytes,
    remote_pack_command,
    remote_unpack_command,
)
from harbor.models.task.config import NetworkMode

PROGRAM = Path(__file__).with_name("serve-sandbox.mjs")
# Longer than any answer: the largest file that a sandbox gives has 16 MiB.
MAX_LINE = 32 * 2**20
STOP_SECONDS = 60


class CachalotEnvironment(BaseEnvironment):
    """One sandbox, without network. Its only user stands in for every user that Harbor names."""

    _process = None

    @staticmethod
    def type():
        return "cachalot"

    @property
    def capabilities(self):
        return EnvironmentCapabilities(disable_internet=True)

    @classmethod
    def resource_capabilities(cls):
        return EnvironmentResourceCapabilities(memory_limit=True, fractional_cpus=True)

    def _validate_definition(self):
        require_agent_environment_definition(self.environment_dir, docker_image=self.task_env_config.docker_image)

    def validate_network_policy_support(self, network_policy=None):
        super().validate_network_policy_support(network_policy)
        if (network_policy or self.network_policy).network_mode == NetworkMode.PUBLIC:
            raise ValueError("a sandbox has no network; set allow_internet = false under [environment] in task.toml")

    async def start(self, force_build):
        self._process = await asyncio.create_subprocess_exec(
            *("node", str(PROGRAM), str(self.environment_dir.parent)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=MAX_LINE,
        )
        greeting = json.loads(await self._process.stdout.readline() or '{"error": "the sandbox ended early"}')
        if "error" in greeting:
            raise SandboxBuildFailedError(greeting["error"])
        self._numbers = itertools.count()
        self._waiting = {}
        self._reader = asyncio.create_task(self._read())
        # In / these are links into /work, and mkdir -p goes through no link that leads nowhere.
        await self._checked("mkdir -p /work/logs /work/tests /work/solution")
        await self.ensure_dirs(self._mount_targets(writable_only=True))
        await self._upload_environment_dir_after_start()

    async def stop(self, delete):
        process, self._process = self._process, None
        if process is None:
            return
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def exec(self, command, cwd=None, env=None, timeout_sec=None, user=None):
        exports = [f"export {name}={shlex.quote(value)}\n" for name, value in (self._merge_env(env) or {}).items()]
        folder = cwd or self.task_env_config.workdir
        enter = f"cd {shlex.quote(folder)} || exit 97\n" if folder else ""
        limit = {"timeoutMs": timeout_sec * 1000} if timeout_sec else {}
        result = await self._ask("run", command="".join(exports) + enter + command, **limit)
        if result["ended"] != "exit":
            raise RuntimeError(f"{result['ended']}: {' '.join(result['notices'])}")
        return ExecResult(stdout=result["stdout"], stderr=result["stderr"], return_code=result["exitCode"])

    async def upload_file(self, source_path, target_path):
        await self._put(target_path, Path(source_path).read_bytes())

    async def upload_dir(self, source_dir, target_dir):
        archive = self._archive()
        await self._put(archive, pack_dir_to_bytes(source_dir, compress=True).getvalue())
        await self._checked(f"{remote_unpack_command(archive, target_dir)} && rm {archive}")

    async def download_file(self, source_path, target_path):
        data = await self._get(source_path)
        Path(target_path).parent.mkdir(parents=True, exist_ok=True)
        Path(target_path).write_bytes(data)

    async def download_dir(self, source_dir, target_dir):
        archive = self._archive()
        await self._checked(remote_pack_command(source_dir, archive))
        extract_dir_from_bytes(await self._get(archive), target_dir)
        await self._checked(f"rm {archive}")

    @staticmethod
    def _archive():
        return f"/tmp/{uuid.uuid4().hex}.tar.gz"

    async def _put(self, path, data):
        await self._ask("put", path=path, data=base64.b64encode(data).decode())

    async def _get(self, path):
        return base64.b64decode((await self._ask("get", path=path))["data"])

    async def _checked(self, command):
        result = await self.exec(command)
        if result.return_code != 0:
            raise RuntimeError(f"{command} ended with {result.return_code}: {result.stderr}")

    async def _ask(self, op, **request):
        """A request that is cancelled, as at Harbor's time limit, ends its command too."""
        number = next(self._numbers)
        answered = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._send({"id": number, "op": op, **request})
            answer = await answered
        except asyncio.CancelledError:
            with contextlib.suppress(RuntimeError):
                self._send({"stop": number})
            raise
        finally:
            del self._waiting[number]
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def _send(self, message):
        if self._process is None or self._reader.done():
            raise RuntimeError("the sandbox has ended; start the environment again")
        self._process.stdin.write(json.dumps(message).encode() + b"\n")

    async def _read(self):
        async for line in self._process.stdout:
            answer = json.loads(line)
            answered = self._waiting.get(answer.get("id"))
            if answered and not answered.done():
                answered.set_result(answer)
        for answered in self._waiting.values():
            if not answered.done():
                answered.set_exception(RuntimeError("the sandbox ended early"))
