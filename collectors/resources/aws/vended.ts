import type { Resource, Statement } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';

/** The call that hands out credentials, on which resource, and whose permissions they carry (an id, or the provider's own role). */
export interface Vended { action: string; resource: string; as?: string; serviceLinked?: boolean }

/** A list of whom a service hands credentials of a store to. `from`: the location that they are for. */
export function vendedBy(r: Resource, ctx: MapContext, store: string, say: { statement: Statement; vends: Vended; where: string; type: string; name: string; suffix: string; from: Resource }): void {
  const sources = [ctx.source(r, say.where), ctx.source(say.from)].filter((s) => s !== undefined);
  const policy = ctx.node(r, {
    kind: 'Policy', type: say.type, nativeId: `${ctx.nativeId(r)}#vended/${store}/${say.suffix}`, name: say.name, tags: {}, sources,
    props: { policyType: 'vended', managedBy: 'customer', statements: [say.statement], parse: 'ok', vends: say.vends },
  });
  ctx.edge({ kind: 'HAS_POLICY', from: store, to: policy, discriminator: `vended ${policy}`, evidence: [...ctx.evidence(r, say.where), ...ctx.evidence(say.from)], props: { as: 'vended' } });
}
