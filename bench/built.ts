import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A benchmark as the package ships its code (scripts/build.ts): the loader of the sources names every small function as it is made, which costs time that users do not pay. */
export async function builtForm(entry: string): Promise<string> {
  const path = fileURLToPath(entry);
  const outdir = fileURLToPath(new URL(`../node_modules/.cache/bench-${basename(dirname(path))}`, import.meta.url));
  await build({ entryPoints: [path], outdir, outExtension: { '.js': '.mjs' }, bundle: true, splitting: true, packages: 'external', platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' });
  return `${outdir}/${basename(path, '.ts')}.mjs`;
}
