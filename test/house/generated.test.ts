import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ROOT } from './files.ts';

test('generated files are what their sources give', () => {
  const out = (): string => {
    try { execFileSync(process.execPath, ['--import', 'tsx', 'scripts/generate.ts', '--check'], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }); return ''; } catch (e) { return String((e as { stderr: string }).stderr); }
  };
  expect(out()).toBe('');
}, 300_000);
