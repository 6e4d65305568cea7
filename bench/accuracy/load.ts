import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { collect } from '../../collectors/run.ts';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { Estate } from '../../queries/attack/estate.ts';
import { derive } from '../../queries/derive/index.ts';
import type { Batch } from '../../schema/index.ts';
import type { RunCase } from './findings.ts';

export interface Loaded { run: RunCase; batch: Batch; estate: Estate }

/** Reads the named inputs of a case, and nothing else, through the public doors. They are copied to a folder of their own for that. */
export async function load(run: RunCase, base: string): Promise<Loaded> {
  const folder = await mkdtemp(join(tmpdir(), 'overreach-accuracy-'));
  try {
    for (const file of run.input) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await cp(join(base, run.dir, file), join(folder, file));
    }
    const variables = Object.fromEntries(Object.entries(run.inputVars ?? {}).map(([k, v]) => [k, typeof v === 'string' ? v : JSON.stringify(v)]));
    const batch = await collect({ paths: [folder], variables, roots: run.root ? [run.root] : [], scope: 'accuracy', hashKey: 'accuracy', env: {} });
    return { run, batch, estate: derive(new GraphSnapshot(batch.nodes, batch.edges), { now: '2026-01-01' }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether anything was read; a case that was only recognised, or failed, is an error and never silent. */
export function readState(batch: Batch): { read: boolean; why: string } {
  const read = batch.coverage.some((c) => (c.status === 'read' || c.status === 'partial') && c.resources > 0);
  const why = batch.coverage.map((c) => `${c.input} (${c.source}): ${c.status}${c.problems[0] ? `, ${c.problems[0].message}` : ''}`).join('; ');
  return { read, why: why || 'no reader recognised the input' };
}

export function errorsOf(batch: Batch): { file: string; message: string }[] {
  const out = new Map<string, { file: string; message: string }>();
  for (const c of batch.coverage) for (const p of c.problems) if (p.code === 'parse-error' || p.code === 'unreadable') {
    const file = p.source?.file ?? c.input;
    out.set(`${file} ${p.message}`, { file, message: p.message });
  }
  return [...out.values()];
}
