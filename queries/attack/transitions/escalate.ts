import { AUD, code, POSITION, type Aud, type Position } from '../facts.ts';
import type { NodeKind } from '../../../schema/index.ts';
import type { Because, Builder } from '../builder.ts';
import { scopesOf } from '../static/content.ts';
import type { Way } from '../static/ways.ts';
import type { World } from '../static/world.ts';

/** What an identity can become: one technique at a time, and admin when it is that already. */
export function escalate(b: Builder, rule: string, identity: number, position: Position, aud: Aud, visible: boolean, why: Because): void {
  const { world } = b;
  const before = why.edges ?? [];
  for (const e of world.out('CAN_ESCALATE', identity)) {
    const to = world.to[e]!;
    const because: Because = { ...why, edges: [...before, e], technique: world.edgeProp<string>(e, 'technique') };
    const reader = aud === AUD.nobody ? AUD.tenant : aud;
    switch (world.edgeProp<string>(e, 'gives') ?? usually(world.kind(to))) {
      case 'identity': b.emit(`${rule}/escalate`, code.cred(position), to, because); break;
      case 'admin': b.emit(`${rule}/admin`, code.goal('admin'), to, because); break;
      case 'exec': for (const place of codeOf(world, to)) b.emit(`${rule}/escalate`, code.exec(reader, visible), place.node, { ...because, edges: [...before, e, ...place.edges] }); break;
      case 'config': b.emit(`${rule}/escalate`, code.config(reader), to, because); break;
      case 'content': b.emit(`${rule}/escalate`, code.content(reader), to, because); break;
    }
  }
  if (world.prop(identity, 'isAdmin') === true) for (const s of scopesOf(world, identity)) b.emit(`${rule}/admin`, code.goal('admin'), s, { ...why, evidence: world.node(identity).sources.slice(0, 1).map((source) => ({ source, basis: 'code', text: `${world.node(identity).name} is administrator` })), tag: `admin ${identity}` });
}

export const nextPosition = (p: Position): Position => (p === POSITION.mute ? POSITION.mute : POSITION.portable);

/** What a technique gives when it does not say. */
function usually(end: NodeKind): 'identity' | 'admin' | 'exec' | 'config' | 'content' {
  switch (end) {
    case 'Identity': return 'identity';
    case 'Scope': return 'admin';
    case 'Compute': case 'Pipeline': return 'exec';
    case 'DataStore': return 'content';
    default: return 'config';
  }
}

/** Where code runs when somebody may run code in a thing: itself, else what implements it. */
export function codeOf(world: World, node: number): Way[] {
  const kind = world.kind(node);
  if (kind === 'Compute' || kind === 'Pipeline') return [{ node, edges: [] }];
  return [...world.out('IMPLEMENTED_BY', node), ...world.out('EXECUTES_IN', node)].map((e) => ({ node: world.to[e]!, edges: [e] }));
}
