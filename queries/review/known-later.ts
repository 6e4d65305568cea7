import { sensitivityRank } from '../derive/sensitivity/index.ts';
import { showHoles, splitHoles, type EdgeRecord, type KnownLater, type NodeRecord, type Severity, type Statement } from '../../schema/index.ts';
import { DO } from '../attack/words.ts';
import type { Estate } from '../attack/estate.ts';
import { nodeRef } from '../findings/ref.ts';
import type { Graph } from './what-if.ts';

/**
 * Policies that a plan leaves open until it is applied, worst first. What an agent's identity may be allowed shows as undetermined paths; whom a
 * thing lets in does not, since nobody can be walked from who is not known. So those weigh what could be got that way.
 */
export function knownLater(before: Graph | undefined, after: Estate): KnownLater[] {
  const { snapshot } = after;
  const arns = new Set(snapshot.nodes.flatMap((n) => (typeof n.props['arn'] === 'string' ? [n.props['arn']] : [])));
  const was = new Map((before?.nodes ?? []).map((n) => [n.id, n]));
  const known = new Set((before?.nodes ?? []).flatMap((n) => (typeof n.props['arn'] === 'string' ? [n.props['arn']] : [])));
  const out = snapshot.ofKind('Policy').flatMap((n): KnownLater[] => {
    const open = openParts(n, arns);
    const earlier = was.get(n.id);
    if (open === undefined || (earlier && openParts(earlier, known) !== undefined)) return [];
    const e: EdgeRecord | undefined = snapshot.in(n.id, 'HAS_POLICY')[0];
    const holder = (e && snapshot.node(e.from)) ?? n;
    const lets = e?.props['as'] === 'trust' || e?.props['as'] === 'resource';
    const what = e?.props['as'] === 'trust' ? `whom ${name(holder)} will trust` : lets ? `whom ${name(holder)} will let in` : `what ${name(holder)} will be allowed`;
    const weighed = lets && open.anybody ? weigh(holder, e?.props['as'] === 'trust', after) : { severity: 'info' as const, could: '' };
    return [{ node: nodeRef(holder), says: `known after apply only: ${what}, ${open.parts.join(', ')} of ${/policy/i.test(name(n)) ? name(n) : `policy ${name(n)}`}`, ...weighed, ...(n.sources[0] && { source: n.sources[0] }) }];
  });
  return [...new Map(out.map((x) => [`${x.says}|${x.node.id}`, x])).values()].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || (a.says < b.says ? -1 : 1));
}

const ORDER: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];
const name = (n: NodeRecord): string => showHoles(n.name);

/** What of a policy is not decided. `anybody`: whom it names may be anybody. */
function openParts(n: NodeRecord, arns: ReadonlySet<string>): { parts: string[]; anybody: boolean } | undefined {
  if (n.kind !== 'Policy') return undefined;
  if (n.props['parse'] === 'failed') return { parts: ['the whole document'], anybody: true };
  const parts = new Set<string>();
  let anybody = false;
  for (const s of (n.props['statements'] as Statement[] | undefined) ?? []) {
    for (const u of s.unresolved ?? []) parts.add(u);
    const unnamed = Object.values(s.principals ?? {}).flat().some((p) => nobodyKnown(p, arns));
    if (unnamed) parts.add('Principal');
    if (s.effect !== 'Allow') continue;
    const wide = s.principals !== undefined && (s.principals['Federated'] !== undefined || Object.values(s.principals).some((list) => list.includes('*')));
    if (unnamed || (s.unresolved ?? []).some((u) => u === 'Principal' || u === 'NotPrincipal' || u === 'Statement' || (u === 'Condition' && wide))) anybody = true;
  }
  return parts.size === 0 ? undefined : { parts: [...parts].sort(), anybody };
}

/** Text of which a part comes from elsewhere, and which names neither a thing of the input nor an attribute by which one is known. */
const nobodyKnown = (principal: string, arns: ReadonlySet<string>): boolean =>
  !arns.has(principal) && splitHoles(principal).some((h) => typeof h !== 'string' && (h.kind === 'unknown' || (h.kind === 'ref' && !/(^|_)(arn|id)$/i.test(h.attribute))));

/** What whoever is let in could get: the permissions of an identity, or the thing itself. */
function weigh(holder: NodeRecord, assumed: boolean, { access, sensitivity, snapshot }: Estate): Pick<KnownLater, 'severity' | 'could'> {
  const rank = (id: string): number => { const level = sensitivity.get(id)?.level; return level === undefined || level === 'unknown' ? -1 : sensitivityRank(level); };
  const confidential = sensitivityRank('confidential');
  if (!assumed) {
    if (holder.kind !== 'DataStore' && holder.kind !== 'Secret') return { severity: 'medium', could: `call ${name(holder)}` };
    return rank(holder.id) >= confidential ? { severity: 'high', could: `use ${name(holder)}, ${sensitivity.get(holder.id)!.level}` } : { severity: 'low', could: `use ${name(holder)}` };
  }
  if (holder.props['isAdmin'] === true) return { severity: 'critical', could: `become ${name(holder)}, which is admin` };
  if (snapshot.out(holder.id, 'CAN_ESCALATE').length > 0) return { severity: 'high', could: `become ${name(holder)}, which can give itself more` };
  const grants = access.grantsOf(holder.id).filter((g) => g.verdict !== 'unknown' && g.effect !== 'list').flatMap((g) => g.assets.map((id) => ({ effect: g.effect, id, rank: rank(id) })));
  const worst = grants.sort((a, b) => b.rank - a.rank || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))[0];
  if (!worst) return { severity: 'info', could: '' };
  return { severity: worst.rank >= confidential ? 'high' : 'low', could: `become ${name(holder)}, which may ${DO[worst.effect] ?? worst.effect} ${showHoles(snapshot.node(worst.id)?.name ?? worst.id)}` };
}
