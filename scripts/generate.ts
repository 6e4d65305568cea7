/**
 * Writes every generated file, or with --check says which ones differ from what their sources give.
 * Each module in scripts/generate exports `generate(): Promise<Record<path, content>>`, paths relative to the project.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const check = process.argv.includes('--check');
const only = process.argv.slice(2).filter((a) => !a.startsWith('--'));
let drift = 0;
for (const file of readdirSync(join(root, 'scripts', 'generate')).filter((f) => f.endsWith('.ts')).sort()) {
  if (only.length > 0 && !only.includes(file.replace(/\.ts$/, ''))) continue;
  const { generate } = (await import(`./generate/${file}`)) as { generate?: () => Promise<Record<string, string | Uint8Array>> };
  if (!generate) continue;
  for (const [path, content] of Object.entries(await generate())) {
    const target = join(root, path);
    const wanted = Buffer.from(content);
    const same = existsSync(target) && readFileSync(target).equals(wanted);
    if (same) continue;
    if (check) {
      process.stderr.write(`${path} is not what scripts/generate/${file} gives: run \`npm run generate\` and commit the result\n`);
      drift++;
    } else {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, wanted);
      process.stderr.write(`wrote ${path}\n`);
    }
  }
}
if (drift > 0) process.exitCode = 1;
