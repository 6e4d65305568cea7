import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
rmSync(`${root}dist`, { recursive: true, force: true });
await build({
  // The others are the processes that the service loads and analyses in, and answers long questions in.
  entryPoints: { overreach: `${root}server/main.ts`, 'ingest-child': `${root}server/service/ingest-child.ts`, 'study-child': `${root}server/service/study-child.ts` },
  outdir: `${root}dist`,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  // Lazy imports stay lazy: large SDKs and data tables are chunks of their own.
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  legalComments: 'none',
  banner: { js: '#!/usr/bin/env node' },
});
chmodSync(`${root}dist/overreach.mjs`, 0o755);
