import { AUD, code } from '../facts.ts';
import type { Because, Builder } from '../builder.ts';
import { enters } from '../static/holds.ts';
import { effectCode } from './effects.ts';

/** What a password of a database lets one do there. */
const IN_DATABASE = ['read', 'write', 'delete'] as const;

/** Found keys and passwords that log in to a machine or a database: code runs there, or its content lies open. Like every use of a credential it makes the attacker one of the tenant. */
export function logIn(b: Builder, rule: string, at: number, visible: boolean, why: Because = {}): void {
  for (const x of enters(b.world, at)) {
    const because = { ...why, edges: [...(why.edges ?? []), ...x.edges] };
    if (x.compute !== undefined) b.emit(`${rule}/login`, code.exec(AUD.tenant, visible), x.compute, because);
    for (const s of x.stores) for (const effect of IN_DATABASE) b.emit(`${rule}/login`, effectCode(b.world, effect, s, AUD.tenant, visible), s, because);
  }
}
