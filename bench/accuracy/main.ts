/**
 * Runs every case of an accuracy run folder through the public doors and writes what was found for the scorer of the kit.
 *   npm run accuracy -- --run RUN --out findings.json [--only TEXT]
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TECHNIQUES } from '../../knowledge/techniques/index.ts';
import { admins } from './adapters/admins.ts';
import { agentFacts } from './adapters/agents.ts';
import { toolChains } from './adapters/chains.ts';
import { credentials } from './adapters/credentials.ts';
import { dataPaths } from './adapters/data.ts';
import { assumeEdges, escalations } from './adapters/escalations.ts';
import { exposures } from './adapters/exposures.ts';
import { riskyIdentities } from './adapters/risky.ts';
import { signIns } from './adapters/signins.ts';
import { throughOthers } from './adapters/stolen.ts';
import { openWorkloads, settings } from './adapters/workloads.ts';
import { decisions } from './decisions.ts';
import type { CaseResult, FindingsFile, KeyFinding, RunCase } from './findings.ts';
import { errorsOf, load, readState, type Loaded } from './load.ts';
import { keyNode } from './nodes.ts';

const ADAPTERS: readonly ((loaded: Loaded) => KeyFinding[])[] = [escalations, assumeEdges, admins, agentFacts, exposures, credentials, dataPaths, toolChains, signIns, throughOthers, openWorkloads, settings, riskyIdentities];

const { values } = parseArgs({ options: { run: { type: 'string' }, out: { type: 'string' }, only: { type: 'string', default: '' } } });
if (!values.run || !values.out) {
  process.stderr.write('usage: npm run accuracy -- --run RUN --out findings.json [--only TEXT]\n');
  process.exit(3);
}
const base = values.run;
const runs = (JSON.parse(readFileSync(join(base, 'runs.json'), 'utf8')) as RunCase[]).filter((r) => r.id.includes(values.only) && r.inputKind !== 'catalogue-entry');
const catalogue: FindingsFile['catalogue'] = [...TECHNIQUES.values()].map((t) => ({ id: t.id, ids: [t.id], permissions: t.permissions.map((p) => p.action) }));
const out = openSync(values.out, 'w');
writeSync(out, `{"findingsVersion":"1.0","catalogue":${JSON.stringify(catalogue)},"cases":{`);
const failed = new Map<string, number>();
for (const [i, run] of runs.entries()) {
  const result = await one(run);
  writeSync(out, `${i > 0 ? ',' : ''}\n${JSON.stringify(run.id)}:${JSON.stringify(result)}`);
  if (result.status === 'error') { const why = result.errors[0]?.message ?? ''; failed.set(why, (failed.get(why) ?? 0) + 1); if (values.only) process.stderr.write(`${run.id}: ${why}\n`); }
}
writeSync(out, '\n}}\n');
closeSync(out);
process.stderr.write(`${runs.length} cases, ${[...failed.values()].reduce((a, b) => a + b, 0)} failed\n`);
for (const [why, n] of [...failed].slice(0, 20)) process.stderr.write(`  ${n} × ${why.slice(0, 300)}\n`);

async function one(run: RunCase): Promise<CaseResult> {
  try {
    if (run.inputKind === 'policy-decision-tests') return decisions(run, base);
    const loaded = await load(run, base);
    const state = readState(loaded.batch);
    if (!state.read) return { status: 'error', errors: [...errorsOf(loaded.batch), { file: run.input[0] ?? '', message: state.why }], findings: [] };
    return { status: 'ok', errors: errorsOf(loaded.batch), nodes: loaded.estate.snapshot.nodes.map(keyNode), findings: ADAPTERS.flatMap((a) => a(loaded)) };
  } catch (error) {
    return { status: 'error', errors: [{ file: run.input[0] ?? '', message: error instanceof Error ? `${error.message}${values.only ? `\n${error.stack}` : ''}` : String(error) }], findings: [] };
  }
}
