import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../schema/index.ts';
import type { EstateMeasured } from './attack-estate.ts';
import { generate } from './generate.ts';
import type { Measured, Task } from './measure.ts';
import { measureNeo4j, type Neo4jMeasured } from './neo4j.ts';
import { parseOptions } from './options.ts';
import { median, show, type Row } from './report.ts';
import { storeGraph } from './stored.ts';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));
/** On flat graphs one plain search visits nearly everything: above this size a sample stands for all agents, and says so. */
const SAMPLE_ABOVE = 50_000;
const SAMPLE = 20;

const inChild = <T>(task: object): Promise<T> => new Promise((resolve, reject) => {
  execFile(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(task)], { maxBuffer: 1 << 28 }, (error, out, err) => (error ? reject(new Error(err || error.message)) : resolve(JSON.parse(out) as T)));
});

/** The same agents must reach the same stores; a sample is compared agent by agent. */
function isEqual(fast: Measured, plain: Measured): boolean {
  if (plain.agentCount === fast.agentCount) return plain.digest.every((d, i) => d[0] === fast.digest[i]![0] && d[1] === fast.digest[i]![1]);
  return plain.digest.every((d, i) => { const f = fast.digest[Math.floor((i * fast.agentCount) / plain.agentCount)]!; return d[0] === f[0] && d[1] === f[1]; });
}

async function main(): Promise<number> {
  const o = parseOptions(process.argv.slice(2));
  const dir = mkdtempSync(join(tmpdir(), 'overreach-bench-'));
  const rows: Row[] = [];
  const estates: EstateMeasured[] = [];
  let wrong = 0;
  try {
    for (const model of o.models)
      for (const size of o.sizes) {
        process.stderr.write(`${model} ${size}: generating\n`);
        const g = generate(size, model);
        const file = join(dir, `${model}-${size}.bin`);
        storeGraph(file, g);
        const sample = model === 'flat' && size > SAMPLE_ABOVE ? SAMPLE : o.agents;
        const task: Task = { engine: 'scan', file, agents: o.agents, sample: o.agents, rounds: o.rounds };
        const scan = await inChild<Measured>(task);
        const plain = await inChild<Measured>({ ...task, engine: 'plain', sample, rounds: sample < o.agents ? 1 : o.rounds });
        const paths = await inChild<Measured>({ ...task, engine: 'paths', sample: 200 });
        const equal = isEqual(scan, plain);
        let neo4j: Neo4jMeasured | undefined;
        const uri = process.env['NEO4J_URI'];
        if (uri) neo4j = await measureNeo4j(uri, g, scan, o.agents);
        if (!equal || neo4j?.equal === false) wrong++;
        rows.push({ model, size, hash: g.hash, scan, plain, paths, equal, scaled: scan.agentCount / plain.agentCount, ...(neo4j ? { neo4j } : {}) });
        rmSync(file);
      }
    for (const nodes of o.estates) { process.stderr.write(`estate ${nodes}\n`); estates.push(await inChild<EstateMeasured>({ engine: 'estate', nodes })); }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  const machine = `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.versions.node}, load ${loadavg()[0]!.toFixed(1)}`;
  process.stdout.write(show(rows, estates, machine));
  if (o.json) writeFileSync(o.json, JSON.stringify({ machine, rows: rows.map((r) => ({ ...r, scan: brief(r.scan), plain: brief(r.plain), paths: brief(r.paths) })), estates }, null, 2));
  return wrong > 0 ? 1 : 0;
}

const brief = (m: Measured): Omit<Measured, 'digest'> & { median: number } => { const { digest: _, ...rest } = m; return { ...rest, median: median(m.ms) }; };

try {
  process.exitCode = await main();
} catch (e) {
  process.stderr.write(`${e instanceof Error ? e.message : String(e)}\n`);
  process.exitCode = e instanceof UserError ? e.exitCode : 1;
}
