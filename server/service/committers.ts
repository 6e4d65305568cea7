import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { OwnerRow } from '../../schema/index.ts';

const FILES = 200;
const WITHIN_MS = 5_000;

/**
 * Who last changed the file of a thing that nobody answers for: somebody to ask, never an owner. Only files below the folder are looked at,
 * and without a history there is no hint.
 */
export function withHints(rows: readonly OwnerRow[], folder: string): OwnerRow[] {
  const files = [...new Set(rows.flatMap((r) => (r.owner === undefined && r.node.definedAt?.file !== undefined ? [r.node.definedAt.file] : [])))].filter((f) => !isAbsolute(f) && !f.split('/').includes('..') && existsSync(join(folder, f))).slice(0, FILES);
  const by = new Map<string, string>();
  const end = performance.now() + WITHIN_MS;
  for (const f of files) {
    if (performance.now() > end) break;
    try {
      const who = execFileSync('git', ['log', '-1', '--format=%an', '--end-of-options', 'HEAD', '--', f], { cwd: folder, encoding: 'utf8', timeout: WITHIN_MS, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
      if (who) by.set(f, who);
    } catch {
      return [...rows]; // no git, or no checkout
    }
  }
  return rows.map((r) => { const hint = r.owner === undefined ? by.get(r.node.definedAt?.file ?? '') : undefined; return hint === undefined ? r : { ...r, hint }; });
}
