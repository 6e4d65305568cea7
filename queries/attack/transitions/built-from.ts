import { code, type Aud } from '../facts.ts';
import type { Builder } from '../builder.ts';
import { isTaken } from '../static/content.ts';
import { authoredSession } from './onward.ts';

type Reader = Exclude<Aud, 3>;

/** What is built from changed bytes: code runs them, agents obey them. */
export function builtFrom(b: Builder, rule: string, artifact: number, aud: Reader): void {
  const { world } = b;
  if (!isTaken(world, artifact)) return;
  for (const e of world.in('BUILT_FROM', artifact)) {
    const user = world.from[e]!;
    switch (world.kind(user)) {
      case 'Compute': case 'Pipeline': b.emit(`${rule}/execution`, code.exec(aud, false), user, { edges: [e] }); break;
      case 'Agent': b.emit(`${rule}/influence`, code.influence(authoredSession(b, user), aud, false), user, { edges: [e] }); break;
      case 'ToolServer': case 'Artifact': b.emit(`${rule}/config`, code.config(aud), user, { edges: [e] }); break;
    }
  }
}
