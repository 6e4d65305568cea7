import { driftOf, showHoles, type CoverageEntry, type LetIn, type NodeRecord } from '../../schema/index.ts';
import type { Change, Graph } from '../../queries/review/what-if.ts';
import { placeText } from '../text/hops.ts';
import { leftOpen } from './gate.ts';

const MOST = 10;

/** What a person should know of a plan though no path says it: what was not looked at, and controls that go. */
export function planNotes(controls: readonly string[], later: readonly LetIn[], coverage: readonly CoverageEntry[]): string[] {
  return [...notLookedAt(coverage), ...short(controls, 'controls'), ...short(later.map((x) => x.says + (placeText(x.source) ? ` (${placeText(x.source)})` : '')), 'policies')];
}

/** Parts of a plan that nothing was made of: what it leaves open itself, and other providers. */
function notLookedAt(coverage: readonly CoverageEntry[]): string[] {
  const plans = coverage.filter((c) => c.source === 'terraform-plan');
  const others = new Map<string, number>();
  for (const c of plans) for (const [type, n] of Object.entries(c.unmapped)) { const provider = type.split('_')[0]!; if (provider !== 'aws' && !PLAIN.has(provider)) others.set(provider, (others.get(provider) ?? 0) + n); }
  return [...distinct(leftOpen(coverage)), ...[...others].sort().map(([provider, n]) => `not looked at: ${n} resource${n === 1 ? '' : 's'} of ${provider}`)];
}

/** Providers that make nothing of their own. */
const PLAIN: ReadonlySet<string> = new Set(['archive', 'external', 'http', 'local', 'null', 'random', 'template', 'terraform', 'time', 'tls']);

/** Controls that go, and what is different of those that stay. */
export function controlsLess(before: Graph | undefined, after: Graph, change: Change): string[] {
  if (!before) return [];
  const nodes = new Map(before.nodes.map((n) => [n.id, n]));
  const now = new Map(after.nodes.map((n) => [n.id, n]));
  const gone = new Set(change.removedNodes);
  const lost = new Set(change.removedEdges);
  const out = before.edges.flatMap((e) => {
    if (e.kind !== 'GUARDED_BY' || gone.has(e.from) || !(lost.has(e.id) || gone.has(e.to))) return [];
    const [thing, control] = [nodes.get(e.from), nodes.get(e.to)];
    return thing && control ? [`${kindOf(control)} ${named(control)} no longer stands on ${named(thing)}${at(now.get(thing.id) ?? thing)}`] : [];
  });
  for (const n of change.nodes) {
    const was = n.kind === 'Control' ? nodes.get(n.id) : undefined;
    const parts = was ? driftOf(was, n) : [];
    if (parts.length > 0) out.push(`${kindOf(n)} ${named(n)} is changed: ${parts.map((d) => `${d.field} ${JSON.stringify(d.live)} → ${JSON.stringify(d.code)}`).join(', ')}${at(n)}`);
  }
  return distinct(out);
}

const kindOf = (n: NodeRecord): string => String(n.props['controlType'] ?? 'control').replaceAll('_', ' ');
const named = (n: NodeRecord): string => showHoles(n.name);
const at = (n: NodeRecord): string => { const place = placeText(n.sources[0]); return place === '' ? '' : ` (${place})`; };

const distinct = (list: readonly string[]): string[] => [...new Set(list)].sort();
const short = (all: readonly string[], what: string): string[] => (all.length <= MOST ? [...all] : [...all.slice(0, MOST), `and ${all.length - MOST} more ${what}`]);
