import { code, POSITION, type Aud } from '../facts.ts';
import type { Builder } from '../builder.ts';
import { carries, DEFINITIONS, protection } from '../static/content.ts';
import { toolsOf } from '../static/executes.ts';
import { builtFrom } from './built-from.ts';
import { authoredSession } from './onward.ts';
import type { Sentences } from '../says.ts';

type Reader = Exclude<Aud, 3>;
const RULE = 'from-config';

/** The attacker can change a definition. */
export function fromConfig(b: Builder, node: number, aud: Reader): void {
  const { world } = b;
  if (carries(world, node) && world.kind(node) !== 'Artifact') b.emit(`${RULE}/content`, code.content(aud), node);
  switch (world.kind(node)) {
    case 'Agent': instruct(b, node, aud, false, []); break;
    case 'Artifact':
      builtFrom(b, RULE, node, aud);
      for (const e of world.out('FEEDS', node)) if (world.kind(world.to[e]!) === 'Agent') instruct(b, world.to[e]!, aud, false, [e]);
      if (world.out('FEEDS', node).length > 0 && carries(world, node)) b.emit(`${RULE}/content`, code.content(aud), node);
      break;
    case 'ToolServer': server(b, node, aud); break;
    case 'Tool': for (const h of world.in('HAS_TOOL', node)) instruct(b, world.from[h]!, aud, true, [h]); break;
    case 'Compute': case 'Pipeline': b.emit(`${RULE}/execution`, code.exec(aud, false), node); break;
    case 'Repository':
      for (const e of world.out('CONTAINS', node)) if (DEFINITIONS.has(world.kind(world.to[e]!))) b.emit(`${RULE}/config`, code.config(aud), world.to[e]!, { edges: [e], requires: protection(b.world, node) });
      break;
    case 'Control': b.emit(`${RULE}/goal`, code.goal('persist'), node); break;
  }
}

const instruct = (b: Builder, agent: number, aud: Reader, visible: boolean, edges: readonly number[]): void =>
  b.emit(`${RULE}/influence`, code.influence(authoredSession(b, agent), aud, visible), agent, { edges });

/** A tool server speaks into every context that mounts it, hears what it is called with, and receives our credentials. */
function server(b: Builder, node: number, aud: Reader): void {
  const { world } = b;
  const tools = toolsOf(world, node);
  for (const t of tools) for (const h of world.in('HAS_TOOL', t.node)) if (world.edgeProp(h, 'enabled') !== false) instruct(b, world.from[h]!, aud, true, [...t.edges, h]);
  for (const place of [{ at: node, edges: [] as number[] }, ...tools.map((t) => ({ at: t.node, edges: t.edges }))])
    for (const u of world.out('USES_CREDENTIAL', place.at)) {
      const delegation = world.edgeProp<string>(u, 'delegation') ?? 'service';
      const c = world.to[u]!;
      if ((delegation !== 'service' && delegation !== 'passthrough') || world.prop(c, 'ipRestricted') === true) continue;
      for (const a of world.out('AUTHENTICATES_AS', c)) if (world.kind(world.to[a]!) === 'Identity') b.emit(`${RULE}/credential`, code.cred(POSITION.portable), world.to[a]!, { edges: [...place.edges, u, a] });
    }
  for (const e of world.out('IMPLEMENTED_BY', node)) b.emit(`${RULE}/execution`, code.exec(aud, false), world.to[e]!, { edges: [e] });
}

export const fromConfigSays: Sentences = {
  'from-config/content': ({ to }) => `content of ${to} can be chosen`,
  'from-config/influence': ({ from, to }) => `${from} instructs ${to}`,
  'from-config/config': ({ from, to }) => `${from} contains ${to}`,
  'from-config/credential': ({ from, to }) => `${from} is given the credential of ${to}`,
  'from-config/execution': ({ from, to }) => `${from} decides which code runs in ${to}`,
  'from-config/goal': ({ to }) => `${to} can be switched off`,
};
