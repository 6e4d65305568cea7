import type { Evidence, NodeRecord } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { isSensitive } from '../derive/sensitivity/index.ts';
import type { Grant } from '../policy/types.ts';
import { intentOf, type Held } from './intent.ts';
import { weight } from './weights.ts';

/** What an agent may do now that it could not before. Weights are those of model 6.3; `growth` is their increase over what was there. */
export interface Growth {
  agent: NodeRecord;
  before: number;
  after: number;
  added: Held[];
  /** Of what was added: permissions of which a fact that decides was not read, and their weight. */
  open: ReadonlySet<Held>;
  openWeight: number;
  /** Added effects on sensitive assets that had none. */
  newSensitive: Held[];
  newTools: string[];
  newServers: string[];
  purposeChanged: boolean;
  evidence: Evidence[];
}

const keyOf = (h: Held): string => `${h.effect}|${h.asset.id}`;

/** Agents of both runs whose access grew. Ids of the earlier run are those of the later one (alignIds). */
export function growthsOf(estate: Estate, baseline: Estate): Growth[] {
  return estate.snapshot.ofKind('Agent').flatMap((agent): Growth[] => {
    const was = baseline.snapshot.node(agent.id);
    if (!was || agent.completeness === 'none' || was.completeness === 'none') return [];
    const [old, now] = [unique(intentOf(was, baseline).actual), unique(intentOf(agent, estate).actual)];
    const added = [...now].filter(([k]) => !old.has(k)).map(([, h]) => h);
    const assets = new Set([...old.values()].map((h) => h.asset.id));
    const [tools, before] = [toolsOf(agent, estate), toolsOf(was, baseline)];
    const newTools = [...tools].filter(([id]) => !before.has(id)).map(([, t]) => t);
    const known = new Set([...before.values()].map((t) => t.server));
    const open = new Set(added.filter((h) => grantsFor(h, estate).every((g) => g.verdict === 'unknown')));
    const evidence = added.flatMap((h) => grantsFor(h, estate)[0]?.evidence.slice(0, 1) ?? []);
    return [{
      agent, before: total(old.values(), baseline), after: total(now.values(), estate), added, open, openWeight: total(open, estate),
      newSensitive: added.filter((h) => !assets.has(h.asset.id) && isSensitive(estate.sensitivity.get(h.asset.id))),
      newTools: newTools.map((t) => t.name), newServers: [...new Set(newTools.flatMap((t) => (t.server === undefined || known.has(t.server) ? [] : [t.server])))],
      purposeChanged: JSON.stringify(was.props['purpose']) !== JSON.stringify(agent.props['purpose']),
      evidence: [...new Map(evidence.map((e) => [JSON.stringify(e), e])).values()],
    }];
  });
}

const grantsFor = (h: Held, estate: Estate): Grant[] => estate.access.grantsOf(h.identity.id).filter((g) => g.effect === h.effect && g.assets.includes(h.asset.id));
const unique = (list: readonly Held[]): Map<string, Held> => new Map(list.map((h) => [keyOf(h), h]));
const total = (list: Iterable<Held>, estate: Estate): number => [...list].reduce((sum, h) => sum + weight(h.effect, h.asset, estate), 0);

function toolsOf(agent: NodeRecord, { snapshot }: Estate): Map<string, { name: string; server: string | undefined }> {
  return new Map(snapshot.out(agent.id, 'HAS_TOOL').map((e) => [e.to, { name: snapshot.node(e.to)?.name ?? e.to, server: snapshot.out(e.to, 'PROVIDED_BY').map((p) => snapshot.node(p.to)?.name ?? p.to)[0] }]));
}
