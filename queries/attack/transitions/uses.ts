import type { EffectClass } from '../../../schema/index.ts';
import type { Builder } from '../builder.ts';
import { allows, contractOf, NOT_DECLARED, within } from '../static/contract.ts';
import { executorsOf, type Executor } from '../static/executes.ts';
import { letThrough } from '../static/passage.ts';

/** A grant that somebody uses: the vertex of what it reaches for them, and why. The same whoever steers them, so it is worked out once. */
export interface Use { effect: EffectClass; vertex: number; cause: number }
/** What a tool does as one of its executing identities. */
export interface Uses { executor: Executor; requires: readonly string[]; uses: readonly Use[] }

const VICTIM = 'the user in whose session it runs may do it';

export const usesOfCredential = (b: Builder, identity: number): readonly Use[] => b.world.once('usesOfCredential', identity, () => {
  const uses: Use[] = [];
  for (const g of b.world.estate.access.grantsOf(b.world.node(identity).id)) {
    const vertex = b.grants.vertex(g);
    if (vertex >= 0) uses.push({ effect: g.effect, vertex, cause: b.addCause('from-credential/effect', { verdict: g.verdict, requires: g.requires, grant: g, identity }) });
  }
  return uses;
});

/** Inside the contract of the tool, and what the endpoint on its way lets through. */
export const usesOfTool = (b: Builder, tool: number): readonly Uses[] => b.world.once('usesOfTool', tool, () => {
  const { world } = b;
  const contract = contractOf(world.node(tool));
  return executorsOf(world, tool).map((executor) => {
    const requires = [...(contract.declared ? [] : [NOT_DECLARED]), ...(executor.onBehalf ? [VICTIM] : [])];
    const uses: Use[] = [];
    for (const g of world.estate.access.grantsOf(world.node(executor.identity).id)) {
      if (!allows(contract, g.effect)) continue;
      const vertex = b.grants.vertex(g, letThrough(world, tool, executor.identity, g, within(world, contract, g.assets)));
      if (vertex >= 0) uses.push({ effect: g.effect, vertex, cause: b.addCause('from-tool/effect', { edges: executor.edges, verdict: g.verdict, requires: [...requires, ...g.requires], grant: g, identity: executor.identity }) });
    }
    return { executor, requires, uses };
  });
});
