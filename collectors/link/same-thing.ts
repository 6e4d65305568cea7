import { declaredId, type EdgeRecord, type NodeRecord, type RawResource, type SourceRef } from '../../schema/index.ts';
import type { MapInput } from '../resources/map.ts';

export interface Graph { nodes: NodeRecord[]; edges: EdgeRecord[] }

/** Sources that saw a thing as it is; the others say how it is meant to be. */
const SAW = new Set(['aws-dump', 'terraform-state']);
/** Sources that list every principal and attachment of an account. */
const SAW_ALL = new Set(['aws-dump']);
const ATTACHMENTS = new Set(['HAS_POLICY', 'MEMBER_OF']);

/** Live first: where two sources describe one thing, the first to speak decides. */
export const liveFirst = (a: MapInput, b: MapInput): number => rank(a.source) - rank(b.source) || compare(a.input, b.input) || compare(a.source, b.source);
const rank = (source: string): number => (SAW_ALL.has(source) ? 0 : SAW.has(source) ? 1 : 2);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * A single account among the dumps is taken as the account of code that names none (architecture §7), unless the code speaks of other
 * accounts only. Returns the inputs it was given to, for the record. `live`: the account, where the dumps are not among the inputs.
 */
export function lendAccount(inputs: readonly MapInput[], live?: string): { account: string; inputs: string[] } | undefined {
  const accounts = new Set(live === undefined ? inputs.filter((i) => SAW_ALL.has(i.source)).map((i) => i.account ?? '') : [live]);
  const [account] = accounts;
  if (accounts.size !== 1 || !account) return undefined;
  const lent = inputs.filter((i) => (i.source === 'terraform' || i.source === 'terraform-plan') && i.account === undefined && mayBeIn(account, i.resources));
  for (const i of lent) i.account = account;
  return lent.length ? { account, inputs: lent.map((i) => i.input || '.') } : undefined;
}

function mayBeIn(account: string, resources: readonly RawResource[]): boolean {
  let others = false;
  for (const r of resources) {
    if (r.provider.account === account) return true;
    if (r.provider.account !== undefined) others = true;
    for (const m of JSON.stringify(r.properties).matchAll(/arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):/g)) {
      if (m[1] === account) return true;
      others = true;
    }
  }
  return !others;
}

/**
 * Things that live data and code both describe (equal ids: the same full ARN). Live decides the permissions: what only the code attaches holds
 * once the code is applied. Code decides where the thing is defined. The declared id stays as an alias, as the record of the merge.
 */
export function mergeSameThings(graph: Graph, inputs: readonly MapInput[], scope: string): Graph & { unmatched: NodeRecord[] } {
  const declared = declaredIds(inputs, scope);
  const live = new Set<string>();
  const unmatched: NodeRecord[] = [];
  const accounts = new Set(inputs.filter((i) => SAW_ALL.has(i.source) && i.account).map((i) => i.account!));
  const nodes = graph.nodes.map((n) => {
    const code = n.sources.filter((s) => !SAW.has(s.source));
    if (n.sources.some((s) => SAW_ALL.has(s.source))) live.add(n.id);
    else if (n.kind === 'Identity' && code.length > 0 && n.completeness !== 'none' && accounts.has(String(n.props.account ?? '')) && (n.props.identityType === 'role' || n.props.identityType === 'user' || n.props.identityType === 'group')) unmatched.push(n);
    // The statements of a policy name their sources by position.
    if (n.kind === 'Policy' || code.length === 0 || code.length === n.sources.length) return n;
    const ids = code.flatMap((s) => declared.get(keyOf(s)) ?? []);
    return { ...n, sources: [...code, ...n.sources.filter((s) => SAW.has(s.source))], aliases: [...new Set([...n.aliases, ...ids])].sort() };
  });
  const edges = graph.edges.map((e) => {
    if (!ATTACHMENTS.has(e.kind) || !live.has(e.from) || e.evidence.length === 0 || e.evidence.some((x) => !x.source || SAW.has(x.source.source))) return e;
    const requires = 'the code is applied: the account does not have this attachment';
    return { ...e, verdict: e.verdict === 'unknown' ? e.verdict : ('conditional' as const), requires: [...new Set([...e.requires, requires])].sort(), props: { ...e.props, declaredOnly: true } };
  });
  return { nodes, edges, unmatched };
}

const keyOf = (s: SourceRef): string => `${s.file}\u0000${s.startLine}\u0000${s.address}`;

function declaredIds(inputs: readonly MapInput[], scope: string): Map<string, string> {
  const out = new Map<string, string>();
  for (const i of inputs) {
    if (SAW.has(i.source)) continue;
    for (const r of i.resources) {
      const s = r.sources.get('');
      if (s) out.set(keyOf(s), declaredId(scope, r.root, r.address));
    }
  }
  return out;
}
