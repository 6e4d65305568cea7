import type { EffectClass, GoalKind, SensitivityResult } from '../../../schema/index.ts';
import { scopesOf } from './content.ts';
import type { World } from './world.ts';

/** What an effect on an asset achieves. */
export interface Achieved { goal: GoalKind; asset: number; requires: readonly string[] }

const NOTHING: readonly string[] = [];
const INSTRUCTS = /prompt|rule|skill|instruction|memory|card/i;
const sensitivityOf = (world: World, asset: number): SensitivityResult | undefined => world.estate.sensitivity.get(world.node(asset).id);

/** Goals of model 4.4 “→ GOAL”. Exfil asks for a sensitive store or secret and a visible read; an undecided sensitivity makes it conditional. */
export function goalsOf(world: World, asset: number, effect: EffectClass, visible: boolean): Achieved[] {
  const reached = (goal: GoalKind, at = asset, requires = NOTHING): Achieved[] => [{ goal, asset: at, requires }];
  const kind = world.kind(asset);
  switch (effect) {
    case 'read': case 'credential': {
      if (!visible || (kind !== 'DataStore' && kind !== 'Secret')) return [];
      const level = sensitivityOf(world, asset)?.level ?? 'unknown';
      if (level === 'unknown') return reached('exfil', asset, [`sensitivity of ${world.node(asset).name} undecided`]);
      return level === 'restricted' || level === 'confidential' ? reached('exfil') : [];
    }
    case 'write': return writeGoals(world, asset).flatMap((g) => reached(g));
    case 'delete': return reached('destroy');
    case 'permission': return kind === 'Scope' || (kind === 'Identity' && world.prop(asset, 'isAdmin') === true) ? scopesOf(world, asset).flatMap((s) => reached('admin', s)) : reached('persist');
    case 'spend': return reached('spend');
    case 'send': return reached('send');
    default: return [];
  }
}

function writeGoals(world: World, asset: number): GoalKind[] {
  switch (world.kind(asset)) {
    case 'Compute': case 'Pipeline': case 'Repository': return ['code'];
    case 'Artifact': return INSTRUCTS.test(world.prop<string>(asset, 'artifactType') ?? '') ? ['persist'] : ['code'];
    case 'Control': case 'Agent': case 'Tool': case 'ToolServer': return ['persist'];
    case 'Channel': return ['send'];
    case 'DataStore': {
      const type = world.prop<string>(asset, 'storeType');
      return type === 'agent_memory' ? ['tamper', 'persist'] : type === 'code_store' || type === 'registry' ? ['tamper', 'code'] : ['tamper'];
    }
    default: return ['tamper'];
  }
}
