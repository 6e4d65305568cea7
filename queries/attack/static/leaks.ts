import type { EntryClass, Verdict } from '../../../schema/index.ts';
import { AUD, SESSION, type Aud, type Session } from '../facts.ts';
import { allows, contractOf, NOT_DECLARED } from './contract.ts';
import { executorsOf, serversOf } from './executes.ts';
import { controlsOn, gateFor } from './gates.ts';
import { waysFrom, type Way } from './ways.ts';
import type { World } from './world.ts';

/** One way out of an agent's context. `gatedBy`: controls on the tool that is the way. */
export interface Leak {
  what: 'recipient' | 'egress' | 'channel' | 'reply';
  through: number;
  edges: readonly number[];
  verdict: Verdict;
  requires: readonly string[];
  gatedBy: readonly number[];
  /** Narrowest audience that reads it. */
  from: Aud;
  /** A reply that renders links needs somebody who sees it. */
  needsUser: boolean;
  agents: readonly number[];
}

const PUBLIC: readonly EntryClass[] = ['E0', 'E1', 'E2'];

interface Readers { from: Aud; verdict: Verdict; requires: readonly string[] }
/** Who reads what is put into a channel, narrowest audience first; undefined = nobody who could be the attacker. */
function readersOf(world: World, channel: number): Readers[] {
  const name = world.node(channel).name;
  const readable = world.prop<EntryClass[]>(channel, 'readableBy');
  const recipients = world.prop<string>(channel, 'recipients');
  if (recipients === 'free') return [{ from: AUD.public, verdict: 'proven', requires: [] }];
  const found: Readers[] = [];
  if (readable?.some((c) => PUBLIC.includes(c))) found.push({ from: AUD.public, verdict: 'proven', requires: [] });
  else if (readable?.includes('E3')) found.push({ from: AUD.partner, verdict: 'proven', requires: [] });
  else if (readable?.some((c) => c === 'E4' || c === 'E5')) found.push({ from: AUD.tenant, verdict: 'proven', requires: [] });
  if (found[0]?.from === AUD.public) return found;
  if (recipients === 'reply_only') found.push({ from: AUD.public, verdict: 'conditional', requires: [`the reply in ${name} goes to the attacker`] });
  else if (readable === undefined && recipients !== 'fixed') found.push({ from: AUD.public, verdict: 'unknown', requires: [`who reads ${name}`] });
  return found;
}

/** Agents whose context an agent's text enters, itself included, with the delegations on the way. */
const contextOf = (world: World, agent: number): Way[] =>
  [{ node: agent, edges: [] }, ...waysFrom(world, agent, (a) => [...world.out('DELEGATES_TO', a)].filter((e) => world.edgeProp(e, 'relaysContext') === true).map((e) => [e, world.to[e]!] as const))];

/** Every way out of the agent's context: its own and those of the agents it relays to (model 4.4 “visible”). */
export function leaksOf(world: World, agent: number): readonly Leak[] {
  return world.once('leaksOf', agent, () => {
    const leaks: Leak[] = [];
    const context = contextOf(world, agent);
    const agents = context.map((c) => c.node);
    const open = (l: Omit<Leak, 'agents' | 'needsUser' | 'gatedBy'> & Partial<Leak>): void => { leaks.push({ agents, needsUser: false, gatedBy: [], ...l }); };
    for (const c of context) {
      for (const w of world.out('WRITES_TO', c.node)) {
        const to = world.to[w]!;
        if (world.kind(to) !== 'Channel') continue;
        for (const r of readersOf(world, to)) open({ what: 'channel', through: to, edges: [...c.edges, w], ...r });
        if (world.prop(to, 'rendersLinks') === true) open({ what: 'reply', through: to, edges: [...c.edges, w], verdict: 'proven', requires: [], from: AUD.public, needsUser: true });
      }
      for (const h of world.out('HAS_TOOL', c.node)) {
        if (world.edgeProp(h, 'enabled') === false) continue;
        for (const l of throughTool(world, world.to[h]!)) open({ ...l, edges: [...c.edges, h, ...l.edges], gatedBy: controlsOn(world, world.to[h]!, h) });
      }
    }
    return leaks;
  });
}

type ToolLeak = Pick<Leak, 'what' | 'through' | 'edges' | 'verdict' | 'requires' | 'from'>;

/** Ways out that a tool is, whichever agent calls it. */
function throughTool(world: World, tool: number): readonly ToolLeak[] {
  return world.once('throughTool', tool, () => {
    const found: ToolLeak[] = [];
    const { name, props } = world.node(tool);
    const direct = (what: Leak['what'], verdict: Verdict, requires: readonly string[], edges: readonly number[] = []): void => { found.push({ what, through: tool, edges, verdict, requires, from: AUD.public }); };
    if (props['recipients'] === 'free') direct('recipient', 'proven', []);
    else if (props['recipients'] === 'reply_only') direct('recipient', 'conditional', [`the reply of ${name} goes to the attacker`]);
    else if (props['recipients'] === undefined && props['toolClass'] === 'messaging') direct('recipient', 'conditional', [`${name} sends to anybody`]);
    for (const e of egressOf(world, tool)) direct('egress', e.verdict, e.requires, e.edges);
    for (const w of world.out('WRITES_TO', tool)) if (world.kind(world.to[w]!) === 'Channel') for (const r of readersOf(world, world.to[w]!)) found.push({ what: 'channel', through: world.to[w]!, edges: [w], ...r });
    const contract = contractOf(world.node(tool));
    for (const x of executorsOf(world, tool)) {
      if (x.onBehalf) continue;
      for (const c of channelsOf(world, x.identity)) {
        if (!allows(contract, c.effect) || (contract.resources && !contract.resources.includes(world.node(c.channel).id))) continue;
        for (const r of readersOf(world, c.channel))
          found.push({ what: 'channel', through: c.channel, edges: x.edges, from: r.from, verdict: worse(worse(r.verdict, c.verdict), contract.declared ? 'proven' : 'conditional'), requires: [...r.requires, ...c.requires, ...(contract.declared ? [] : [NOT_DECLARED])] });
      }
    }
    return found;
  });
}

/** Channels an identity may write or send to. */
function channelsOf(world: World, identity: number): readonly { channel: number; effect: 'write' | 'send'; verdict: Verdict; requires: readonly string[] }[] {
  return world.once('channelsOf', identity, () =>
    world.estate.access.grantsOf(world.node(identity).id).flatMap((g) => {
      const effect = g.effect;
      if (effect !== 'write' && effect !== 'send') return [];
      return g.assets.flatMap((id) => { const i = world.index(id); return i !== undefined && world.kind(i) === 'Channel' ? [{ channel: i, effect, verdict: g.verdict, requires: g.requires }] : []; });
    }));
}

interface Egress { verdict: Verdict; requires: readonly string[]; edges: readonly number[] }
/** How browser, http and code tools get out, unless an enforced allow-list or closed compute stops them: once for each compute the model's code runs in. */
function egressOf(world: World, tool: number): Egress[] {
  const toolClass = world.prop<string>(tool, 'toolClass');
  if (controlsOn(world, tool).some((c) => world.prop(c, 'controlType') === 'egress_allow_list' && world.prop(c, 'mode') === 'enforce')) return [];
  const name = world.node(tool).name;
  if (toolClass === 'browser' || toolClass === 'http_generic') {
    const places = [tool, ...serversOf(world, tool).map((s) => s.node)].flatMap((p) => [...world.out('IMPLEMENTED_BY', p), ...world.out('EXECUTES_IN', p)]);
    if (world.prop(tool, 'egress') === false || (places.length > 0 && places.every((e) => world.prop(world.to[e]!, 'egress') === 'none'))) return [];
    return world.prop(tool, 'egress') === true ? [{ verdict: 'proven', requires: [], edges: [] }] : [{ verdict: 'conditional', requires: [`${name} reaches the internet`], edges: [] }];
  }
  return [...world.out('EXECUTES_IN', tool)].flatMap((e): Egress[] => {
    const egress = world.prop<string>(world.to[e]!, 'egress') ?? 'unknown';
    if (egress === 'none') return [];
    if (egress === 'open') return [{ verdict: 'proven', requires: [], edges: [e] }];
    return [{ verdict: egress === 'limited' ? 'conditional' : 'unknown', requires: [`code in ${world.node(world.to[e]!).name} reaches the internet`], edges: [e] }];
  });
}

/** A leak as it is in one session for one audience; undefined when it is none. */
export function leakFor(world: World, l: Leak, session: Session, aud: Aud): { requires: readonly string[]; gates: readonly string[] } | undefined {
  if (aud < l.from || aud === AUD.nobody || (l.needsUser && session === SESSION.none)) return undefined;
  const gate = gateFor(world, l.gatedBy, session);
  return { requires: [...l.requires, ...gate.requires], gates: gate.gates };
}

const worse = (a: Verdict, b: Verdict): Verdict => (a === 'unknown' || b === 'unknown' ? 'unknown' : a === 'conditional' || b === 'conditional' ? 'conditional' : 'proven');
