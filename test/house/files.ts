import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = new URL('../..', import.meta.url).pathname;
export const tracked = (): string[] =>
  execFileSync('git', ['-C', ROOT, 'ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8', maxBuffer: 1 << 26 }).split('\n').filter((f) => f && existsSync(join(ROOT, f)));
export const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
export const isSource = (f: string): boolean => /\.(ts|mts|mjs|tsx)$/.test(f) && !/\.gen\.ts$|(^|\/)(generated|fixtures)\//.test(f);
