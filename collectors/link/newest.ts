import type { Problem, RawResource } from '../../schema/index.ts';
import type { MapInput } from '../resources/map.ts';

/** Instants that records of an account dump carry. */
const INSTANTS = ['CreateDate', 'UpdateDate', 'RoleLastUsed', 'PasswordLastUsed'] as const;

/**
 * Several dumps of one account: of a principal or policy that more than one of them holds, the newest record counts, whole; what only an older
 * dump holds stays. A dump is as new as the latest instant in it; of equally new ones the last by name. Changes the inputs, tells what it did.
 */
export function newestWins(inputs: readonly MapInput[]): Problem[] {
  const dumps = inputs.filter((i) => i.source === 'aws-dump').map((input) => ({ input, date: 0, read: false }));
  if (dumps.length < 2) return [];
  const holders = new Map<string, typeof dumps>();
  for (const d of dumps) {
    for (const r of d.input.resources) {
      const arn = arnOf(r);
      if (arn === undefined) continue;
      d.date = Math.max(d.date, dateOf(r));
      const list = holders.get(arn);
      if (!list) holders.set(arn, [d]);
      else if (!list.includes(d)) list.push(d);
    }
  }
  const winners = new Map<string, (typeof dumps)[number]>();
  for (const [arn, list] of holders) if (list.length > 1) winners.set(arn, list.reduce((a, b) => (b.date > a.date || (b.date === a.date && b.input.input > a.input.input) ? b : a)));
  if (winners.size === 0) return [];
  const notes: Problem[] = [];
  for (const d of dumps) {
    const taken = new Map<string, number>();
    d.input.resources = d.input.resources.filter((r) => {
      const winner = winners.get(arnOf(r) ?? '');
      if (!winner || winner === d) return true;
      taken.set(winner.input.input, (taken.get(winner.input.input) ?? 0) + 1);
      return false;
    });
    for (const [by, n] of taken) notes.push({ code: 'unresolved', message: `${n} principals and policies of this dump are also in ${by}, which is newer: those of ${by} are taken`, source: { source: 'aws-dump', file: d.input.input } });
  }
  return notes;
}

/**
 * Several reports of last use of one principal: the newest counts, whole; of equally new ones the one that tells of actions, then the last by name.
 * Changes the inputs, tells what it did.
 */
export function newestReports(inputs: readonly MapInput[]): Problem[] {
  const found = inputs.filter((i) => i.source === 'aws-last-accessed').flatMap((input) => input.resources.map((r) => ({ input, r, of: String(r.properties.Principal) })));
  const best = new Map<string, (typeof found)[number]>();
  for (const f of found) {
    const there = best.get(f.of);
    if (!there || later(f.r, there.r)) best.set(f.of, f);
  }
  const notes: Problem[] = [];
  for (const { input, r, of } of found) {
    const winner = best.get(of)!;
    if (winner.r === r) continue;
    input.resources = input.resources.filter((x) => x !== r);
    const source = r.sources.get('');
    notes.push({ code: 'unresolved', message: `another report of last use of ${of}, in ${winner.input.input}, is newer or says more: this one is not used`, subject: of, ...(source && { source }) });
  }
  return notes;
}

function later(a: RawResource, b: RawResource): boolean {
  const [x, y] = [a, b].map((r) => (typeof r.properties.ReportedAt === 'string' ? Date.parse(r.properties.ReportedAt) : 0)) as [number, number];
  const actions = (r: RawResource): number => (JSON.stringify(r.properties.Used).includes('"Actions"') ? 1 : 0);
  return x !== y ? x > y : actions(a) >= actions(b);
}

const arnOf = (r: RawResource): string | undefined => (r.type.startsWith('AWS::IAM::') && typeof r.properties.Arn === 'string' ? r.properties.Arn : undefined);

function dateOf(r: RawResource): number {
  let latest = 0;
  for (const key of INSTANTS) {
    const at = typeof r.properties[key] === 'string' ? Date.parse(r.properties[key]) : Number.NaN;
    if (at > latest) latest = at;
  }
  return latest;
}
