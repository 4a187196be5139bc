// Builds wasm/kernels.wasm: every kernel, one thread, SIMD128. The file is checked in, so that only who changes a kernel needs
// clang. `--check` compares the sources with those it was built from; `--out FILE` builds it elsewhere.
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { hashOf, headers, kernelFlags, kernels, native, root } from "./sources.mjs";

const PACKAGES = "clang-19 lld-19 wasi-libc libc++-19-dev-wasm32 libc++abi-19-dev-wasm32 libclang-rt-19-dev-wasm32";
const target = ["--target=wasm32-wasi", "-O3"];
const compileFlags = ["-std=c++17", "-msimd128", "-fno-exceptions", "-fno-rtti", ...kernelFlags];
const linkFlags = [
  "-mexec-model=reactor",
  "-Wl,--strip-all",
  "-Wl,--max-memory=4294967296",
  "-Wl,-z,stack-size=1048576",
];

const { values: options } = parseArgs({ options: { check: { type: "boolean" }, out: { type: "string" } } });
const file = options.out ?? join(root, "wasm", "kernels.wasm");
const record = `${file.replace(/\.wasm$/, "")}.json`;
const units = [["module", join(native, "wasm", "module.cc")], ...kernels];

const sources = hashOf(
  ...target,
  ...compileFlags,
  ...linkFlags,
  headers,
  ...units.flatMap(([name, path]) => [name, readFileSync(path, "utf8")]),
);

if (options.check) {
  const built = JSON.parse(readFileSync(record, "utf8"));
  const same = built.sources === sources && built.file === hashOf(readFileSync(file, "latin1"));
  if (!same) {
    console.error(
      "cachalot: wasm/kernels.wasm was not built from these kernels; run `node packages/tensor/native/build-wasm.mjs` " +
        `(Debian: apt-get install ${PACKAGES}) and commit what it writes`,
    );
  }
  process.exit(same ? 0 : 1);
}

const compiler = [process.env.CLANGXX, "clang++-19", "clang++"].find(
  (name) => name && spawnSync(name, [...target, "--version"], { stdio: "ignore" }).status === 0,
);
if (!compiler) {
  console.error(`cachalot: the WebAssembly kernels need clang; on Debian: apt-get install ${PACKAGES}`);
  process.exit(1);
}

const run = promisify(execFile);
const scratch = mkdtempSync(join(tmpdir(), "cachalot-wasm-"));
try {
  const objects = units.map(([name, source]) => ({ source, object: join(scratch, `${name}.o`) }));
  const queue = [...objects];
  const compileNext = async () => {
    for (let unit = queue.shift(); unit; unit = queue.shift())
      await run(compiler, [...target, ...compileFlags, `-I${native}`, "-c", unit.source, "-o", unit.object]);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, compileNext));
  const linked = join(scratch, basename(file));
  await run(compiler, [...target, ...linkFlags, ...objects.map(({ object }) => object), "-o", linked]);
  const version = spawnSync(compiler, ["--version"], { encoding: "utf8" }).stdout.split("\n")[0];
  mkdirSync(dirname(file), { recursive: true });
  const write = (path, content) => {
    writeFileSync(`${path}.${process.pid}.tmp`, content);
    renameSync(`${path}.${process.pid}.tmp`, path);
  };
  write(file, readFileSync(linked));
  const built = { sources, compiler: version, file: hashOf(readFileSync(file, "latin1")) };
  write(record, `${JSON.stringify(built, null, 2)}\n`);
  console.log(`cachalot: built ${file} with ${version}`);
} catch (error) {
  console.error(error.stderr ?? error);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
