import { code, SESSION, type Aud, type Session } from '../facts.ts';
import type { Builder } from '../builder.ts';
import { carries, startsCode } from '../static/content.ts';
import { builtFrom } from './built-from.ts';
import { authoredSession } from './onward.ts';
import type { Sentences } from '../says.ts';

type Reader = Exclude<Aud, 3>;
const CLICK = 'a user opens it or asks about it';

/** Chosen bytes are in a channel, store or artifact. */
export function fromContent(b: Builder, at: number, aud: Reader): void {
  const { world } = b;
  for (const e of world.out('FEEDS', at)) {
    const to = world.to[e]!;
    switch (world.kind(to)) {
      case 'Agent': {
        const mode = world.edgeProp<string>(e, 'mode');
        b.emit('from-content/influence', code.influence(sessionOf(b, mode, to), aud, false), to, { edges: [e], requires: mode === 'on_user_action' ? [CLICK] : [] });
        break;
      }
      case 'DataStore': case 'Channel': if (carries(world, to)) b.emit('from-content/content', code.content(aud), to, { edges: [e] }); break;
      case 'Compute': case 'Pipeline': if (startsCode(world, e)) b.emit('from-content/execution', code.exec(aud, false), to, { edges: [e] }); break;
    }
  }
  if (world.kind(at) === 'Artifact') builtFrom(b, 'from-content', at, aud);
}

function sessionOf(b: Builder, mode: string | undefined, agent: number): Session {
  if (mode === 'auto' || mode === 'trigger') return SESSION.none;
  return mode === 'instruction' ? authoredSession(b, agent) : SESSION.victim;
}

export const fromContentSays: Sentences = {
  'from-content/influence': ({ from, to }) => `text in ${from} enters the context of ${to}`,
  'from-content/content': ({ from, to }) => `content of ${from} is taken into ${to}`,
  'from-content/execution': ({ from, to }) => `${to} runs what is in ${from}`,
  'from-content/config': ({ from, to }) => `${to} is built from ${from}`,
};
