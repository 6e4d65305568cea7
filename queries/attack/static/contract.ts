import type { EffectClass, NodeRecord } from '../../../schema/index.ts';
import type { World } from './world.ts';

/** What a tool can be made to do, whoever runs it (model 4.6). */
export interface Contract {
  effects: 'all' | ReadonlySet<EffectClass>;
  /** False: nobody said; then it is what the identity may do, conditional. */
  declared: boolean;
  /** Node ids or globs it is limited to. */
  resources: readonly string[] | undefined;
}
export const NOT_DECLARED = 'contract not declared';

const GENERIC: ReadonlySet<string> = new Set(['sql_generic', 'http_generic', 'cloud_api_generic', 'file_generic']);
const BY_CLASS: Readonly<Record<string, readonly EffectClass[]>> = { retrieval: ['list', 'read'], messaging: ['send'], spend: ['spend'], code_exec: [], browser: [] };

/** Explicit declaration first, then what the class of the tool means, else undeclared. `undeclared` with effects named is still undeclared: words widen, never narrow. */
export function contractOf(t: NodeRecord): Contract {
  const effects = t.props['effects'] as readonly EffectClass[] | undefined;
  const contract = t.props['contract'] as string | undefined;
  const toolClass = t.props['toolClass'] as string | undefined;
  const resources = t.props['resources'] as readonly string[] | undefined;
  if (contract === 'undeclared') return { effects: 'all', declared: false, resources };
  if (contract === 'all') return { effects: 'all', declared: true, resources };
  if (effects) return { effects: new Set(effects), declared: true, resources };
  if (toolClass && GENERIC.has(toolClass)) return { effects: 'all', declared: true, resources };
  const known = toolClass === undefined ? undefined : BY_CLASS[toolClass];
  if (known) return { effects: new Set(known), declared: true, resources };
  return { effects: 'all', declared: false, resources };
}

export const allows = (c: Contract, e: EffectClass): boolean => c.effects === 'all' || c.effects.has(e);

/** The members of a grant's assets inside a resource-bounded contract; the same array when nothing bounds it. */
export function within(world: World, c: Contract, assets: readonly string[]): readonly string[] {
  if (!c.resources) return assets;
  const tests = c.resources.map(glob);
  return assets.filter((id) => {
    const n = world.estate.snapshot.node(id);
    const arn = n?.props['arn'];
    return tests.some((t) => t.test(id) || (typeof arn === 'string' && t.test(arn)) || (n !== undefined && t.test(n.name)));
  });
}
const glob = (text: string): RegExp => new RegExp(`^${text.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`);
