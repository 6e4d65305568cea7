import type { Resource } from '../../schema/index.ts';
import type { MapContext } from '../define.ts';
import { partOf } from './nodes.ts';
import { secretIn, type FoundSecret } from './secrets.ts';

/** A Credential known by a keyed hash and the place where it stands, held by `holder`. `where` is a JSON pointer into the properties. */
export function holdCredential(ctx: MapContext, r: Resource, holder: string, where: string, name: string, found: FoundSecret): string {
  const credential = ctx.node(r, {
    kind: 'Credential', nativeId: partOf(holder, `credential/${name}`), type: 'literal.credential', name, tags: {},
    sources: [ctx.source(r, where)].filter((s) => s !== undefined),
    props: {
      credType: found.credType, lifetime: 'static', exposedLiteral: found.literal !== undefined, location: name, heldBy: 'us',
      ...(found.literal !== undefined && { hash: ctx.keyedHash(found.literal) }),
    },
  });
  ctx.edge({ kind: 'HOLDS', from: holder, to: credential, discriminator: name, props: { property: name }, evidence: ctx.evidence(r, where, name) });
  return credential;
}

/** The credential that a named value carries, if it is one; undefined for settings and references. */
export function holdNamed(ctx: MapContext, r: Resource, holder: string, where: string, name: string, value: string): string | undefined {
  const found = secretIn(name, value);
  return found && holdCredential(ctx, r, holder, where, name, found);
}
