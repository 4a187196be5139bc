/** PHP: each test file by PHPUnit in a process of its own, with classes loaded as composer.json maps them. */

import { Drop } from "../drop.js";
import { FROZEN_ENV, inTestFolder, type Language, type SourceTree, type Suite } from "./language.js";

const REPORT = ".cachalot-report.xml";

interface Autoload {
  "psr-4"?: Record<string, string | string[]>;
  "psr-0"?: Record<string, string | string[]>;
  classmap?: string[];
  files?: string[];
}

interface Composer {
  require?: Record<string, string>;
  autoload?: Autoload;
  "autoload-dev"?: Autoload;
}

async function composer(tree: SourceTree): Promise<Composer> {
  try {
    return JSON.parse(await tree.read("composer.json")) as Composer;
  } catch {
    return {};
  }
}

/** What composer would load, without composer: it installs from a registry of repositories, not of archives by hash. */
const AUTOLOAD = `<?php
$root = '/app/repo/';
$json = json_decode(@file_get_contents($root . 'composer.json') ?: '{}', true);
$maps = []; $plain = []; $classes = [];
foreach (['autoload', 'autoload-dev'] as $part) {
  foreach ($json[$part]['psr-4'] ?? [] as $prefix => $folders) foreach ((array) $folders as $folder) $maps[] = [$prefix, $root . trim($folder, '/')];
  foreach ($json[$part]['psr-0'] ?? [] as $prefix => $folders) foreach ((array) $folders as $folder) $plain[] = $root . trim($folder, '/');
  foreach ($json[$part]['classmap'] ?? [] as $folder) $classes[] = $root . trim($folder, '/');
}
spl_autoload_register(function ($class) use ($maps, $plain, $classes) {
  foreach ($maps as [$prefix, $folder]) {
    if (strncmp($class, $prefix, strlen($prefix)) !== 0) continue;
    $file = $folder . '/' . str_replace('\\\\', '/', substr($class, strlen($prefix))) . '.php';
    if (is_file($file)) { require $file; return; }
  }
  foreach ($plain as $folder) {
    $file = $folder . '/' . str_replace(['\\\\', '_'], '/', $class) . '.php';
    if (is_file($file)) { require $file; return; }
  }
  $name = substr(strrchr('\\\\' . $class, '\\\\'), 1) . '.php';
  foreach ($classes as $path) {
    if (is_file($path) && basename($path) === $name) { require_once $path; return; }
    if (!is_dir($path)) continue;
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($path, FilesystemIterator::SKIP_DOTS)) as $file)
      if ($file->getFilename() === $name) { require_once $file->getPathname(); return; }
  }
});
foreach (['autoload', 'autoload-dev'] as $part) foreach ($json[$part]['files'] ?? [] as $file) require_once $root . $file;
`;

/** Debian turns extensions on in /etc, which the sandbox does not see: those that are off are turned on here. */
const EXTENSIONS = `mkdir -p php
for name in ctype dom iconv mbstring simplexml tokenizer xml xmlreader xmlwriter; do
  php -m 2>/dev/null | grep -qix "$name" || echo "extension=$name" >> php/extensions.ini
done
`;

export const php: Language = {
  name: "php",
  image: "debian:bookworm",
  programs: ["php", "phpunit"],
  aptPackages: ["php-cli", "php-xml", "php-mbstring", "phpunit"],
  isTest: (path) => inTestFolder(path) || /Test\.php$/.test(path),
  isSource: (path) => path.endsWith(".php") && !/(^|\/)(vendor|examples?|docs?|bin)\//.test(path),
  owns: (paths) => paths.includes("composer.json"),
  async install(tree) {
    const { require = {} } = await composer(tree);
    const others = Object.keys(require).filter((name) => name !== "php" && !/^ext-|^lib-|^php-/.test(name));
    if (others.length > 0)
      throw new Drop("packages-missing", `it needs ${others.join(", ")}: packages of PHP cannot be had by hash`);
    const script = `set -eu\ncd "$(dirname "$0")/.."\n${EXTENSIONS}cat > autoload.php <<'AUTOLOAD'\n${AUTOLOAD}AUTOLOAD\n`;
    return { packages: [], script };
  },
  async plan(tree) {
    const files = tree.paths.filter((path) => /Test\.php$/.test(path) && !/(^|\/)vendor\//.test(path));
    const suites = files.map((file): Suite => {
      const options = [
        "--no-configuration",
        "--bootstrap",
        "/app/autoload.php",
        "--do-not-cache-result",
        "--log-junit",
        REPORT,
      ];
      return { name: file, command: ["phpunit", ...options, file], reporter: "junit", report: REPORT, timeoutSec: 60 };
    });
    return { env: { ...FROZEN_ENV, PHP_INI_SCAN_DIR: ":/app/php" }, build: [], buildTimeoutSec: 300, suites };
  },
};
