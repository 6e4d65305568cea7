/** Entry of the process that loads and analyses for the service: it may be slow, run out of memory or be killed without harm to who asked. */
import { openStore, type StoreOptions } from '../../graph/store/open.ts';
import type { Lease } from '../../graph/store/port.ts';
import { UserError } from '../../schema/index.ts';
import { VERSION } from '../version.ts';
import { analyzeRun, scan, type Analysing, type ScanRequest, type ScanWorld } from './scan.ts';

export interface Order { kind: 'ingest' | 'analyze'; run: string; store: { where: string; options: StoreOptions }; request?: ScanRequest; own?: Analysing; leaseSeconds?: number }
/** `lease`: to be renewed by who started this process, for analysing lets no timer run. */
export type Told = { progress: string } | { lease: Lease } | { done: { findings: number } } | { failed: { code: string; message: string } };

async function carryOut(order: Order, tell: (t: Told) => void): Promise<void> {
  const world: ScanWorld = { env: process.env, now: () => new Date(), newId: () => order.run, progress: (progress) => { tell({ progress }); }, version: VERSION, lease: { ...(order.leaseSeconds === undefined ? {} : { seconds: order.leaseSeconds }), told: (lease) => { tell({ lease }); } } };
  const store = await openStore(order.store.where, order.store.options);
  try {
    const result = order.kind === 'ingest' ? await scan(store, order.request!, world) : await analyzeRun(store, order.run, order.own ?? { extraRules: [] }, world);
    tell({ done: { findings: result.findings.length } });
  } finally {
    await store.close();
  }
}

if (process.send) {
  const tell = (t: Told): void => { process.send?.(t); };
  process.once('disconnect', () => { process.exit(1); });
  process.once('message', (order: Order) => {
    carryOut(order, tell).catch((e: unknown) => {
      const full = /SQLITE_FULL|ENOSPC|database or disk is full/.test(`${String(e)} ${String((e as { code?: unknown }).code)}`);
      if (e instanceof UserError || full) tell({ failed: { code: full ? 'DISK_FULL' : 'INGEST_FAILED', message: full ? 'there is no space left for the store' : (e as Error).message } });
      else { process.stderr.write(`${e instanceof Error ? e.stack : String(e)}\n`); tell({ failed: { code: 'INTERNAL_SERVER_ERROR', message: 'internal error' } }); }
    }).finally(() => { process.disconnect(); });
  });
}
