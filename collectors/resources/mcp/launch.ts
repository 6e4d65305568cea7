/** What a command line starts: a published package with its version, an image, or a file of one's own. */
export interface Launch {
  /** Program, without its folder. */
  program: string;
  package?: string;
  version?: string;
  /** Exactly one build: an exact version, an image tag that is a version, or a digest. */
  pinned?: boolean;
  /** registry package, container image, or code that lies beside the configuration */
  origin: 'package' | 'image' | 'local';
  /** Arguments of the server itself. */
  rest: string[];
}

const RUNNERS = new Set(['npx', 'bunx', 'pnpx', 'uvx', 'pipx', 'dlx']);
/** Runner options that take a value; all others are switches. */
const RUNNER_VALUES = new Set(['-p', '--package', '--from', '--with', '--python', '--index-url', '--registry', '-c', '--call', '--cache', '--prefix']);
const DOCKER_VALUES = new Set([
  '-e', '--env', '-v', '--volume', '--name', '-p', '--publish', '--mount', '--network', '--net', '-w', '--workdir', '-u', '--user', '--entrypoint', '--env-file', '--add-host', '--platform', '-h', '--hostname',
  '--label', '-l', '--memory', '-m', '--cpus', '--tmpfs', '--dns', '--pull', '--log-driver', '--cap-add', '--cap-drop', '--security-opt', '--gpus', '--device', '--ulimit', '--restart',
]);

/** Reads a command and its arguments; a command may hold a whole command line. */
export function readLaunch(command: string, args: readonly string[]): Launch {
  const words = [...command.trim().split(/\s+/), ...args];
  const program = baseName(words.shift() ?? '');
  if (/^(cmd|cmd\.exe|powershell|pwsh|sh|bash|zsh|env|sudo)$/i.test(program)) {
    const inner = words.findIndex((w) => !/^[-/]/.test(w) && !/^\w+=/.test(w));
    if (inner >= 0) return readLaunch(words[inner]!, words.slice(inner + 1));
  }
  if (program === 'docker' || program === 'podman' || program === 'nerdctl') return image(program, words);
  if (RUNNERS.has(program)) return published(program, words);
  const sub = words[0];
  const runs = (program === 'npm' && (sub === 'exec' || sub === 'x')) || ((program === 'pnpm' || program === 'yarn') && sub === 'dlx') || (program === 'bun' && sub === 'x') || (program === 'pipx' && sub === 'run');
  if (runs) return published(program, words.slice(1));
  if (program === 'uv' && sub === 'tool' && words[1] === 'run') return published(program, words.slice(2));
  if (/^python[\d.]*$/.test(program) && sub === '-m' && words[1]) return { program, package: words[1], pinned: false, origin: 'package', rest: words.slice(2) };
  if ((program === 'go' || program === 'deno') && sub === 'run') {
    const target = words.slice(1).find((w) => !w.startsWith('-'));
    if (target && /^(https?:|jsr:|npm:|[\w.-]+\.\w+\/)/.test(target)) return versioned(program, target, words.slice(words.indexOf(target) + 1));
  }
  return { program, origin: 'local', rest: words };
}

const baseName = (path: string): string => (path.split(/[\\/]/).pop() ?? path).replace(/\.(exe|cmd|bat)$/i, '');

function published(program: string, words: string[]): Launch {
  let named: string | undefined;
  let at = 0;
  for (; at < words.length; at++) {
    const w = words[at]!;
    const [flag, value] = w.includes('=') && w.startsWith('-') ? [w.slice(0, w.indexOf('=')), w.slice(w.indexOf('=') + 1)] : [w, undefined];
    if (!flag.startsWith('-')) break;
    if (!RUNNER_VALUES.has(flag)) continue;
    const given = value ?? words[++at];
    if (flag === '-p' || flag === '--package' || flag === '--from') named = given;
  }
  if (words[at] === 'run' && program === 'pipx') at++;
  const first = words[at];
  const spec = named ?? first;
  return spec === undefined ? { program, origin: 'local', rest: [] } : versioned(program, spec, words.slice(at + 1));
}

/** `name@1.2.3`, `name==1.2.3`, `@scope/name`. Ranges, tags and `latest` are not pinned. */
function versioned(program: string, spec: string, rest: string[]): Launch {
  if (/^[./~]/.test(spec) || /\.(js|mjs|cjs|ts|py)$/.test(spec)) return { program, origin: 'local', rest: [spec, ...rest] };
  const m = /^(@?[^@]+?)(?:==|@)([^@]*)$/.exec(spec);
  const name = (m?.[1] ?? spec).replace(/\[.*\]$/, '');
  const version = m?.[2];
  return { program, package: name, ...(version && { version }), pinned: version !== undefined && /^v?\d+\.\d+(\.\d+)?([-+.]\w[\w.]*)?$/.test(version), origin: 'package', rest };
}

function image(program: string, words: string[]): Launch {
  let at = words.indexOf('run') + 1;
  if (at === 0) return { program, origin: 'local', rest: words };
  for (; at < words.length; at++) {
    const w = words[at]!;
    if (!w.startsWith('-')) break;
    if (!w.includes('=') && DOCKER_VALUES.has(w)) at++;
  }
  const reference = words[at];
  if (reference === undefined) return { program, origin: 'local', rest: words };
  const digest = /@sha256:[0-9a-f]{64}$/.test(reference);
  const bare = reference.replace(/@sha256:.*$/, '');
  const tag = /:([^/:]+)$/.exec(bare)?.[1];
  return {
    program, package: tag === undefined ? bare : bare.slice(0, -tag.length - 1), ...(tag && { version: tag }), pinned: digest || (tag !== undefined && /^v?\d+\.\d+/.test(tag)), origin: 'image', rest: words.slice(at + 1),
  };
}
