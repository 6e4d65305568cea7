import type { Verdict } from '../../../schema/index.ts';
import { code, POSITION, type Aud, type Session } from '../facts.ts';
import type { Builder } from '../builder.ts';
import { allows, contractOf, NOT_DECLARED } from '../static/contract.ts';
import { executorsOf } from '../static/executes.ts';
import { controlsOn, gateFor } from '../static/gates.ts';
import { opens } from '../static/holds.ts';
import { leakFor, leaksOf } from '../static/leaks.ts';
import type { World } from '../static/world.ts';
import { toTool } from './onward.ts';
import type { Sentences } from '../says.ts';

type Reader = Exclude<Aud, 3>;
const SUMMARY = 'what it is told to pass on survives the supervisor';

/** Chosen text is in an agent's context. */
export function fromInfluence(b: Builder, agent: number, session: Session, aud: Reader, visible: boolean): void {
  const { world } = b;
  if (!visible)
    for (const l of leaksOf(world, agent)) {
      const leak = leakFor(world, l, session, aud);
      if (leak) b.emit(`from-influence/leak-${l.what}`, code.influence(session, aud, true), agent, { edges: l.edges, verdict: l.verdict, ...leak, tag: `${l.through}` });
    }
  for (const e of world.out('DELEGATES_TO', agent))
    b.emit('from-influence/delegation', code.influence(session, aud, visible && world.edgeProp(e, 'relaysReply') === true), world.to[e]!, { edges: [e], requires: world.edgeProp(e, 'relaysContext') === true ? [] : [SUMMARY] });
  for (const e of world.in('DELEGATES_TO', agent))
    if (world.edgeProp(e, 'relaysReply') === true) b.emit('from-influence/delegation-reply', code.influence(session, aud, false), world.from[e]!, { edges: [e], requires: ['its reply is acted upon'] });
  for (const e of world.out('WRITES_TO', agent)) b.emit('from-influence/content', code.content(aud), world.to[e]!, { edges: [e] });
  for (const e of world.out('HAS_TOOL', agent)) {
    if (world.edgeProp(e, 'enabled') === false) continue;
    const tool = world.to[e]!;
    const gate = gateFor(world, controlsOn(world, tool, e), session);
    toTool(b, 'from-influence/tool', tool, session, aud, visible, { edges: [e], requires: gate.requires, gates: gate.gates });
  }
  for (const j of readAndUse(world, agent)) {
    const gates = [j.reader, j.user].map((h) => gateFor(world, controlsOn(world, world.to[h]!, h), session));
    b.emit('from-influence/read-and-use', code.cred(POSITION.mute), j.identity, { edges: j.edges, verdict: j.verdict, requires: [...j.requires, 'the agent uses the credential it read', ...gates.flatMap((g) => g.requires)], gates: gates.flatMap((g) => g.gates), tag: `${j.reader} ${j.user}` });
  }
}

interface Openable { identity: number; edges: readonly number[]; verdict: Verdict; requires: readonly string[] }
interface Join extends Openable { reader: number; user: number }
const USERS: ReadonlySet<string> = new Set(['http_generic', 'sql_generic', 'cloud_api_generic', 'code_exec']);

/** One agent that has a tool to read the secret of q, and a generic one to use it: a static join, so still one premise. */
function readAndUse(world: World, agent: number): readonly Join[] {
  return world.once('readAndUse', agent, () => {
    const tools = [...world.out('HAS_TOOL', agent)].filter((e) => world.edgeProp(e, 'enabled') !== false);
    const users = tools.filter((e) => USERS.has(world.prop<string>(world.to[e]!, 'toolClass') ?? ''));
    if (users.length === 0) return [];
    return tools.flatMap((reader) => secretsReadBy(world, world.to[reader]!).flatMap((s) => users.map((user) => ({ ...s, reader, user, edges: [reader, user, ...s.edges] }))));
  });
}

function secretsReadBy(world: World, tool: number): readonly Openable[] {
  return world.once('secretsReadBy', tool, () => {
    const contract = contractOf(world.node(tool));
    const found: Openable[] = [];
    for (const x of executorsOf(world, tool)) {
      if (x.onBehalf) continue;
      for (const s of openable(world, x.identity)) {
        if (!allows(contract, s.effect) || contract.resources) continue;
        found.push({ identity: s.identity, edges: [...x.edges, ...s.edges], verdict: s.verdict, requires: [...s.requires, ...(contract.declared ? [] : [NOT_DECLARED])] });
      }
    }
    return found;
  });
}

/** Identities whose credential is in something that an identity may read. */
function openable(world: World, identity: number): readonly (Openable & { effect: 'read' | 'credential' })[] {
  return world.once('openable', identity, () =>
    world.estate.access.grantsOf(world.node(identity).id).flatMap((g) => {
      const effect = g.effect;
      if (effect !== 'read' && effect !== 'credential') return [];
      return g.assets.flatMap((id) => {
        const i = world.index(id);
        return i === undefined ? [] : opens(world, i).filter((o) => !o.ipRestricted).map((o) => ({ identity: o.identity, effect, edges: o.edges, verdict: g.verdict, requires: g.verdict === 'unknown' ? [...g.requires, `access to ${world.node(i).name}`] : g.requires }));
      });
    }));
}

export const fromInfluenceSays: Sentences = {
  'from-influence/leak-recipient': ({ from }) => `${from} can send what it knows to a recipient the attacker chooses`,
  'from-influence/leak-egress': ({ from }) => `${from} can send what it knows to any site`,
  'from-influence/leak-channel': ({ from }) => `${from} can write what it knows where the attacker reads`,
  'from-influence/leak-reply': ({ from }) => `the reply of ${from} renders links, which carry data out`,
  'from-influence/delegation': ({ from, to }) => `${from} hands work, and the attacker's text with it, to ${to}`,
  'from-influence/delegation-reply': ({ from, to }) => `the reply of ${from} enters the context of ${to}`,
  'from-influence/content': ({ from, to }) => `${from} writes into ${to}`,
  'from-influence/tool': ({ from, to }) => `${from} can be told to call ${to} with chosen arguments`,
  'from-influence/read-and-use': ({ from, to }) => `${from} can read a credential of ${to} and use it with another of its tools`,
};
