import { severityRank, showHoles, splitHoles, type EdgeRecord, type LetIn, type NodeRecord, type Statement } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { nodeRef } from '../findings/ref.ts';
import { couldGet } from './could-get.ts';
import type { Graph } from './what-if.ts';

/**
 * Policies that a plan leaves open until it is applied, worst first. What an agent's identity may be allowed shows as undetermined paths; whom a
 * thing lets in does not, since nobody can be walked from who is not known. So those weigh what could be got that way.
 */
export function knownLater(before: Graph | undefined, after: Estate): LetIn[] {
  const { snapshot } = after;
  const arns = new Set(snapshot.nodes.flatMap((n) => (typeof n.props['arn'] === 'string' ? [n.props['arn']] : [])));
  const was = new Map((before?.nodes ?? []).map((n) => [n.id, n]));
  const known = new Set((before?.nodes ?? []).flatMap((n) => (typeof n.props['arn'] === 'string' ? [n.props['arn']] : [])));
  const out = snapshot.ofKind('Policy').flatMap((n): LetIn[] => {
    const open = openParts(n, arns);
    const earlier = was.get(n.id);
    if (open === undefined || (earlier && openParts(earlier, known) !== undefined)) return [];
    const e: EdgeRecord | undefined = snapshot.in(n.id, 'HAS_POLICY')[0];
    const holder = (e && snapshot.node(e.from)) ?? n;
    const lets = e?.props['as'] === 'trust' || e?.props['as'] === 'resource';
    const what = e?.props['as'] === 'trust' ? `whom ${name(holder)} will trust` : lets ? `whom ${name(holder)} will let in` : `what ${name(holder)} will be allowed`;
    const weighed = lets && open.anybody ? couldGet(holder, e?.props['as'] === 'trust', after) : { severity: 'info' as const, could: '' };
    return [{ node: nodeRef(holder), says: `known after apply only: ${what}, ${open.parts.join(', ')} of ${/policy/i.test(name(n)) ? name(n) : `policy ${name(n)}`}`, verdict: 'unknown', ...weighed, ...(n.sources[0] && { source: n.sources[0] }) }];
  });
  return [...new Map(out.map((x) => [`${x.says}|${x.node.id}`, x])).values()].sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || (a.says < b.says ? -1 : 1));
}

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
