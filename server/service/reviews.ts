import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Comparison, FixEdit, Severity, Statement } from '../../schema/index.ts';
import type { Caller } from '../auth/roles.ts';
import type { Loaded } from './answers.ts';
import { Refused } from './errors.ts';
import { insideRoot } from './ingest.ts';
import type { Service } from './service.ts';
import type { PlanAnswer } from './study-child.ts';
import { fixesOf, storeOf } from './ticketing.ts';

const MAX_EDITS = 100;
/** Uploads that were reviewed and may be asked about again. */
const KEPT_UPLOADS = 20;
const reviewed = new WeakMap<Service, Set<string>>();

/** A change as it is asked for: one of its parts. */
export interface Edit { fix?: string; removeNode?: string; removeEdge?: string; actions?: { policy: string; statement: number; to: string[] }; properties?: { node: string; to: Record<string, unknown> } }

const keyOf = (...parts: unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);

/** The review of a plan file; `key` stands for the question. */
export async function reviewPlanOf(s: Service, caller: Caller, q: { upload: string | null; path: string | null; over: string; failOn: Severity | undefined }): Promise<PlanAnswer & { key: string }> {
  if ((q.upload == null) === (q.path == null)) throw new Refused('BAD_INPUT', 'give either an upload or a path');
  const store = storeOf(s);
  let over = q.over;
  if (over !== 'plan' && over !== 'nothing') {
    const run = (await s.store.runs()).find((r) => r.status === 'complete' && (over === 'latest' || r.id === over));
    if (!run) throw new Refused('NOT_FOUND', over === 'latest' ? 'there is no complete run yet' : `there is no complete run ${over.slice(0, 80)}`);
    over = run.id;
  }
  const folder = q.upload == null ? undefined : s.uploads.folder(q.upload, caller.id);
  const file = folder === undefined ? insideRoot(s.options.ingestRoot, q.path!) : join(folder, onlyFile(folder));
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new Refused('BAD_INPUT', 'a plan is one file');
  const { mtimeMs, size } = statSync(file);
  const answer = await s.studies.ask(caller.name, { kind: 'plan', store, file, over, ...(q.failOn && { failOn: q.failOn }) }, [mtimeMs, size]);
  if (q.upload != null) await keepFew(s, q.upload);
  if (!('plan' in answer)) throw new Error('another study answered');
  return { ...answer.plan, key: `plan ${keyOf(q, over)}` };
}

function onlyFile(folder: string): string {
  const files = readdirSync(folder);
  if (files.length !== 1) throw new Refused('BAD_INPUT', 'a plan is one file: this upload holds several');
  return files[0]!;
}

async function keepFew(s: Service, upload: string): Promise<void> {
  const kept = reviewed.get(s) ?? new Set();
  kept.delete(upload);
  reviewed.set(s, kept.add(upload));
  for (const old of [...kept].slice(0, -KEPT_UPLOADS)) { kept.delete(old); await s.uploads.remove(old); }
}

/** `parse` turns a change into what the engine applies, or throws. */
export async function whatIfOf(s: Service, by: string, loaded: Loaded, edits: readonly Edit[], parse: (v: unknown) => FixEdit): Promise<{ comparison: Comparison; key: string }> {
  if (edits.length === 0 || edits.length > MAX_EDITS) throw new Refused('BAD_INPUT', `1 to ${MAX_EDITS} edits`);
  const made: FixEdit[] = [];
  for (const e of edits) made.push(parse(await editOf(s, by, loaded, e)));
  const answer = await s.studies.ask(by, { kind: 'what-if', store: storeOf(s), run: loaded.run.id, edits: made, knows: s.options.own }, await s.store.ledger.overrides());
  if (!('whatIf' in answer)) throw new Error('another study answered');
  return { comparison: answer.whatIf.comparison, key: `what-if ${keyOf(loaded.run.id, made)}` };
}

async function editOf(s: Service, by: string, { snapshot, run, result }: Loaded, e: Edit): Promise<unknown> {
  const node = (id: string): NonNullable<ReturnType<typeof snapshot.node>> => {
    const n = snapshot.node(id);
    if (!n) throw new Refused('NOT_FOUND', `the run has no node ${id.slice(0, 200)}`);
    return n;
  };
  if (e.fix !== undefined) {
    const { plan } = await fixesOf(s, by, { snapshot, run, result });
    const fix = [...plan.fixes, ...plan.alternatives].find((f) => f.id === e.fix);
    if (!fix) throw new Refused('NOT_FOUND', `the run has no fix ${e.fix.slice(0, 40)}`);
    return fix.edit;
  }
  if (e.removeNode !== undefined) return { kind: 'edges', remove: [], nodes: [node(e.removeNode).id] };
  if (e.removeEdge !== undefined) {
    if (!snapshot.edges.some((x) => x.id === e.removeEdge)) throw new Refused('NOT_FOUND', `the run has no edge ${e.removeEdge.slice(0, 200)}`);
    return { kind: 'edges', remove: [e.removeEdge], nodes: [] };
  }
  if (e.actions) {
    const statement = (node(e.actions.policy).props['statements'] as Statement[] | undefined)?.[e.actions.statement];
    if (!statement) throw new Refused('NOT_FOUND', `${e.actions.policy.slice(0, 200)} has no statement ${e.actions.statement}`);
    return { kind: 'actions', policy: e.actions.policy, statement: e.actions.statement, from: statement.actions ?? [], to: e.actions.to };
  }
  const { properties } = e;
  if (typeof properties!.to !== 'object' || properties!.to === null || Array.isArray(properties!.to)) throw new Refused('BAD_INPUT', 'properties: an object of names and values');
  const known = node(properties!.node);
  for (const name of Object.keys(properties!.to)) if (!(name in known.props)) throw new Refused('BAD_INPUT', `${known.id} has no property ${name.slice(0, 80)}`);
  return { kind: 'properties', node: known.id, to: properties!.to };
}
