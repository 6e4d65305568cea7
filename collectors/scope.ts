import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** `git@host:owner/repo.git`, `ssh://…`, `https://user:token@host/owner/repo.git` → `host/owner/repo`; undefined for a path or an unknown form. */
export function normaliseRemote(url: string): string | undefined {
  const u = url.trim();
  const withScheme = /^(?:ssh|git|https?|git\+ssh):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/i.exec(u);
  const m = withScheme ?? /^(?:[^@/\s]+@)?([^/:\s]+\.[^/:\s]+|[^/:\s]{2,}):(?!\/\/|\\)(.+)$/.exec(u);
  if (!m) return undefined;
  const path = m[2]!.replace(/[?#].*$/, '').replace(/^\/+|\/+$/g, '').replace(/\.git$/i, '');
  return path ? `${m[1]!.toLowerCase()}/${path}` : undefined;
}

export interface Checkout {
  /** Where the scanned folder lies in the repository; '.' at its top. */
  folder: string;
  remote?: string;
}

/** The git checkout a folder lies in, from its files alone: no program is started. */
export async function checkoutOf(folder: string): Promise<Checkout | undefined> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const config = await gitConfig(join(at, '.git'));
    if (config !== undefined) {
      const url = originOf(config);
      const remote = url === undefined ? undefined : normaliseRemote(url);
      return { folder: relative(at, resolve(folder)).split(sep).join('/') || '.', ...(remote && { remote }) };
    }
    if (dirname(at) === at) return undefined;
  }
}

/** Text of the configuration; `.git` is a file in a linked worktree or submodule. */
async function gitConfig(git: string): Promise<string | undefined> {
  try {
    if ((await stat(git)).isDirectory()) return await readFile(join(git, 'config'), 'utf8');
    const dir = /^gitdir:\s*(.+)$/m.exec(await readFile(git, 'utf8'))?.[1];
    if (!dir) return undefined;
    const own = resolve(dirname(git), dir.trim());
    const common = await readFile(join(own, 'commondir'), 'utf8').then((t) => resolve(own, t.trim()), () => own);
    return await readFile(join(common, 'config'), 'utf8').catch(() => '');
  } catch {
    return undefined;
  }
}

/** URL of `origin`, else of the first remote. */
function originOf(config: string): string | undefined {
  let section = '';
  const urls = new Map<string, string>();
  for (const line of config.split('\n')) {
    const head = /^\s*\[remote "([^"]+)"\]/.exec(line);
    if (head) section = head[1]!;
    else if (/^\s*\[/.test(line)) section = '';
    const url = /^\s*url\s*=\s*(.+?)\s*$/.exec(line);
    if (section && url && !urls.has(section)) urls.set(section, url[1]!);
  }
  return urls.get('origin') ?? urls.values().next().value;
}
