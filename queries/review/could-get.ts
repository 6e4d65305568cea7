import { showHoles, type LetIn, type NodeRecord } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { DO } from '../attack/words.ts';
import { sensitivityRank } from '../derive/sensitivity/index.ts';
import { weight } from '../findings/weights.ts';

const name = (n: NodeRecord): string => showHoles(n.name);
const CONFIDENTIAL = sensitivityRank('confidential');

/** What whoever is let in could get: the permissions of an identity (`assumed`), or the thing itself. */
export function couldGet(holder: NodeRecord, assumed: boolean, estate: Estate): Pick<LetIn, 'severity' | 'could'> {
  const { access, sensitivity, snapshot } = estate;
  const rank = (id: string): number => { const level = sensitivity.get(id)?.level; return level === undefined || level === 'unknown' ? -1 : sensitivityRank(level); };
  if (!assumed) {
    if (holder.kind !== 'DataStore' && holder.kind !== 'Secret') return { severity: 'medium', could: `call ${name(holder)}` };
    return rank(holder.id) >= CONFIDENTIAL ? { severity: 'high', could: `use ${name(holder)}, ${sensitivity.get(holder.id)!.level}` } : { severity: 'low', could: `use ${name(holder)}` };
  }
  if (holder.props['isAdmin'] === true) return { severity: 'critical', could: `become ${name(holder)}, which is admin` };
  if (snapshot.out(holder.id, 'CAN_ESCALATE').length > 0) return { severity: 'high', could: `become ${name(holder)}, which can give itself more` };
  const grants = access.grantsOf(holder.id).filter((g) => g.verdict !== 'unknown' && g.effect !== 'list').flatMap((g) => g.assets.map((id) => ({ effect: g.effect, id, rank: rank(id), weight: weight(g.effect, snapshot.node(id), estate) })));
  const worst = grants.sort((a, b) => b.rank - a.rank || b.weight - a.weight || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))[0];
  if (!worst) return { severity: 'info', could: '' };
  return { severity: worst.rank >= CONFIDENTIAL ? 'high' : 'low', could: `become ${name(holder)}, which may ${DO[worst.effect] ?? worst.effect} ${showHoles(snapshot.node(worst.id)?.name ?? worst.id)}` };
}
