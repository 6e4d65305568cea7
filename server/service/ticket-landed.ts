import type { TicketMeta } from '../trackers/tracker.ts';
import type { Remedies } from './remedies.ts';

const UNREADABLE = /parse|unreadable|too-large/;

/** A ticket closes when none of its paths is open any more, and this run read what they were made of, in the same estate. */
export function hasLanded(meta: TicketMeta, r: Remedies): { close: boolean; why: string } {
  const mine = r.findings.filter((f) => meta.findings.includes(f.fingerprint));
  if (mine.some((f) => f.state === 'open')) return { close: false, why: 'its paths are still there' };
  if (!sameEstate(meta.scope, r.scope)) return { close: false, why: `it is about ${meta.scope}, which was not read this time` };
  for (const s of meta.sources) if (!wasRead(s, r)) return { close: false, why: `${s.file} was not read this time` };
  return { close: true, why: mine.length > 0 ? 'accepted as a risk' : 'the paths are gone' };
}

/** `scope//folder of the checkout`; what does not say its folder may be any. */
function sameEstate(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  const [[scope, folder], [other, elsewhere]] = [a.split('//'), b.split('//')];
  return scope === other && (folder === undefined || elsewhere === undefined || folder === elsewhere);
}

/** Read whole, or in part and something of this very file is in the graph. */
function wasRead(s: TicketMeta['sources'][number], r: Remedies): boolean {
  const of = r.coverage.filter((c) => c.source === s.source && (c.input === '' || c.input === '.' || c.input === s.file || s.file.startsWith(`${c.input}/`)));
  if (of.length === 0 || of.some((c) => c.status !== 'read' && c.status !== 'partial')) return false;
  if (of.some((c) => c.problems.some((p) => p.source?.file === s.file && UNREADABLE.test(p.code)))) return false;
  return of.every((c) => c.status === 'read') || (r.files?.has(s.file) ?? true);
}
