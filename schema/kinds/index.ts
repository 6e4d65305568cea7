import { NODE_KINDS, type KindDeclaration, type NodeKind } from '../define.ts';
import { accessKinds } from './access.ts';
import { agentKinds } from './agents.ts';
import { dataKinds } from './data.ts';
import { workloadKinds } from './workloads.ts';

/** Every node kind by name. Throws at load when a kind is missing or declared twice. */
export const KINDS: ReadonlyMap<NodeKind, KindDeclaration> = (() => {
  const map = new Map<NodeKind, KindDeclaration>();
  for (const d of [...agentKinds, ...accessKinds, ...workloadKinds, ...dataKinds]) {
    if (map.has(d.kind)) throw new Error(`node kind ${d.kind} is declared twice: keep one entry in schema/kinds`);
    map.set(d.kind, d);
  }
  for (const k of NODE_KINDS) if (!map.has(k)) throw new Error(`node kind ${k} has no declaration: add it to a family file in schema/kinds`);
  return map;
})();
