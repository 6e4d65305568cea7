import { showHoles, type EdgeRecord, type NodeRecord, type Statement } from '../../schema/index.ts';
import type { Change, Graph } from '../../queries/review/what-if.ts';
import { placeText } from '../text/hops.ts';

const MOST = 10;

/**
 * What a person should know of a plan though no path says it: controls that go, and policies that are known after apply only, so that what they
 * will allow, or whom they will trust, could not be looked at. `later`: how many policies those are.
 */
export function planNotes(before: Graph | undefined, after: Graph, change: Change): { notes: string[]; later: number } {
  const later = knownLater(before, after);
  return { notes: [...short(controlsGone(before, change), 'controls'), ...short(later, 'policies')], later: later.length };
}

function controlsGone(before: Graph | undefined, change: Change): string[] {
  if (!before) return [];
  const nodes = new Map(before.nodes.map((n) => [n.id, n]));
  const gone = new Set(change.removedNodes);
  const lost = new Set(change.removedEdges);
  const out = before.edges.flatMap((e) => {
    if (e.kind !== 'GUARDED_BY' || gone.has(e.from) || !(lost.has(e.id) || gone.has(e.to))) return [];
    const [thing, control] = [nodes.get(e.from), nodes.get(e.to)];
    return thing && control ? [`${kindOf(control)} ${named(control)} no longer stands on ${named(thing)}${at(thing)}`] : [];
  });
  return distinct(out);
}

const kindOf = (n: NodeRecord): string => String(n.props['controlType'] ?? 'control').replaceAll('_', ' ');
const named = (n: NodeRecord): string => showHoles(n.name);
const at = (n: NodeRecord): string => { const place = placeText(n.sources[0]); return place === '' ? '' : ` (${place})`; };

function knownLater(before: Graph | undefined, after: Graph): string[] {
  const known = new Set((before?.nodes ?? []).flatMap((n) => (openPart(n) === undefined ? [n.id] : [])));
  const was = new Set((before?.nodes ?? []).map((n) => n.id));
  const names = new Map(after.nodes.map((n) => [n.id, named(n)]));
  const holders = new Map<string, EdgeRecord>();
  for (const e of after.edges) if (e.kind === 'HAS_POLICY' && !holders.has(e.to)) holders.set(e.to, e);
  const out = after.nodes.flatMap((n) => {
    const part = openPart(n);
    if (part === undefined || (was.has(n.id) && !known.has(n.id))) return [];
    const e = holders.get(n.id);
    const whole = /policy/i.test(named(n)) ? named(n) : `policy ${named(n)}`;
    const what = e?.props['as'] === 'trust' ? `whom ${names.get(e.from) ?? 'it'} will trust` : `what ${e ? names.get(e.from) ?? 'it' : 'it'} will be allowed`;
    return [`known after apply only: ${what}, ${part} of ${whole}${at(n)}`];
  });
  return distinct(out);
}

/** The part of a policy that was not decided, in words. */
function openPart(n: NodeRecord): string | undefined {
  if (n.kind !== 'Policy') return undefined;
  if (n.props['parse'] === 'failed') return 'the whole document';
  const parts = new Set(((n.props['statements'] as Statement[] | undefined) ?? []).flatMap((s) => s.unresolved ?? []));
  return parts.size === 0 ? undefined : [...parts].sort().join(', ');
}

const distinct = (list: readonly string[]): string[] => [...new Set(list)].sort();
const short = (all: readonly string[], what: string): string[] => (all.length <= MOST ? [...all] : [...all.slice(0, MOST), `and ${all.length - MOST} more ${what}`]);
