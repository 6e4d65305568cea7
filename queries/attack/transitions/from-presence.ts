import { type Aud } from '../facts.ts';
import type { Builder } from '../builder.ts';
import { breakIn, routeOn } from './onward.ts';
import { code } from '../facts.ts';
import type { Sentences } from '../says.ts';

const RULE = 'from-presence';
const COMMANDS = /^(command|shell|exec)$/i;

/** Requests are accepted at an endpoint. */
export function fromPresence(b: Builder, endpoint: number, aud: Aud, reply: boolean): void {
  const { world } = b;
  routeOn(b, RULE, endpoint, aud, reply);
  const takesCommands = COMMANDS.test(world.prop<string>(endpoint, 'protocol') ?? '');
  for (const e of [...world.out('IMPLEMENTED_BY', endpoint), ...world.out('ROUTES_TO', endpoint)]) {
    const k = world.to[e]!;
    if (world.kind(k) !== 'Compute') continue;
    if (takesCommands) b.emit(`${RULE}/execution`, code.exec(aud, reply), k, { edges: [e] });
    if (world.edges[e]!.kind === 'IMPLEMENTED_BY') breakIn(b, `${RULE}/execution`, k, aud, reply, [e]);
  }
}

/** The request has been handed to code (hidden). */
export function fromRelay(b: Builder, compute: number, aud: Aud, reply: boolean): void {
  routeOn(b, RULE, compute, aud, reply);
  breakIn(b, `${RULE}/execution`, compute, aud, reply, []);
}

export const fromPresenceSays: Sentences = {
  'from-presence/presence': ({ from, to }) => `a request to ${from} goes on to ${to}`,
  'from-presence/relay': ({ from, to }) => `a request to ${from} is handled by ${to}`,
  'from-presence/influence': ({ from, to }) => `what is sent to ${from} enters the context of ${to}`,
  'from-presence/tool': ({ from, to }) => `a caller of ${from} runs ${to} directly, with no model in between`,
  'from-presence/content': ({ from, to }) => `what is sent to ${from} is put into ${to}`,
  'from-presence/execution': ({ from, to }) => `a caller of ${from} can run code in ${to}`,
};
