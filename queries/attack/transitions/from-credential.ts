import { AUD, canBeVisible, canGoOn, code, POSITION, type Position } from '../facts.ts';
import type { Builder } from '../builder.ts';
import { escalate, nextPosition } from './escalate.ts';
import { usesOfCredential } from './uses.ts';
import { DO } from '../words.ts';
import type { Sentences } from '../says.ts';

/** The attacker can act as an identity. From here on the audience is the tenant's. */
export function fromCredential(b: Builder, identity: number, position: Position): void {
  const { world } = b;
  const visible = position !== POSITION.mute;
  for (const u of usesOfCredential(b, identity)) b.emitFor(u.cause, code.grant(canGoOn(u.effect) ? AUD.tenant : AUD.public, visible && canBeVisible(u.effect)), u.vertex);
  for (const e of world.out('CAN_ASSUME', identity)) b.emit('from-credential/assume', code.cred(nextPosition(position)), world.to[e]!, { edges: [e] });
  escalate(b, 'from-credential', identity, nextPosition(position), AUD.tenant, visible, {});
}

export const fromCredentialSays: Sentences = {
  'from-credential/effect': ({ to, effect, identity }) => `${identity} may ${DO[effect!] ?? effect} ${to}`,
  'from-credential/assume': ({ from, to }) => `${from} can assume ${to}`,
  'from-credential/escalate': ({ from, to, technique }) => `${from} can become ${to}${technique ? ` (${technique})` : ''}`,
  'from-credential/admin': ({ from, to }) => `${from} gives administrator rights over ${to}`,
};
