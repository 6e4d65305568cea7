import { AUD, code, POSITION, type Aud, type Position } from '../facts.ts';
import type { Because, Builder } from '../builder.ts';
import { scopeOf } from '../static/content.ts';

/** What an identity can become: one technique at a time, and admin when it is that already. */
export function escalate(b: Builder, rule: string, identity: number, position: Position, aud: Aud, visible: boolean, why: Because): void {
  const { world } = b;
  const before = why.edges ?? [];
  for (const e of world.out('CAN_ESCALATE', identity)) {
    const to = world.to[e]!;
    const because: Because = { ...why, edges: [...before, e], technique: world.edgeProp<string>(e, 'technique') };
    switch (world.kind(to)) {
      case 'Identity': b.emit(`${rule}/escalate`, code.cred(position), to, because); break;
      case 'Compute': case 'Pipeline': b.emit(`${rule}/escalate`, code.exec(aud === AUD.nobody ? AUD.tenant : aud, visible), to, because); break;
      case 'Scope': b.emit(`${rule}/admin`, code.goal('admin'), to, because); break;
    }
  }
  if (world.prop(identity, 'isAdmin') === true) b.emit(`${rule}/admin`, code.goal('admin'), scopeOf(world, identity), { ...why, evidence: world.node(identity).sources.slice(0, 1).map((source) => ({ source, basis: 'code', text: `${world.node(identity).name} is administrator` })), tag: `admin ${identity}` });
}

export const nextPosition = (p: Position): Position => (p === POSITION.mute ? POSITION.mute : POSITION.portable);
