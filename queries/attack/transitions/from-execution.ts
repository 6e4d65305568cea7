import type { Verdict } from '../../../schema/index.ts';
import { code, POSITION, SESSION, type Aud } from '../facts.ts';
import type { Builder } from '../builder.ts';
import { codeIdentities, toolsOf } from '../static/executes.ts';
import { controlsOn, gateFor } from '../static/gates.ts';
import { opens } from '../static/holds.ts';
import { effectCode } from './effects.ts';
import { logIn } from './log-in.ts';
import { authoredSession, toTool } from './onward.ts';
import type { Sentences } from '../says.ts';

type Reader = Exclude<Aud, 3>;
const RULE = 'from-execution';

/** Whether what code finds gets out: at once when its output is visible, else by the compute's egress. */
interface Sight { visible: boolean; verdict: Verdict; requires: readonly string[] }
function sights(b: Builder, place: number, visible: boolean): Sight[] {
  const seen: Sight = { visible: true, verdict: 'proven', requires: [] };
  const blind: Sight = { visible: false, verdict: 'proven', requires: [] };
  if (visible) return [seen];
  const egress = b.world.prop<string>(place, 'egress') ?? 'unknown';
  if (egress === 'open') return [seen];
  if (egress === 'none') return [blind];
  return [blind, { visible: true, verdict: egress === 'limited' ? 'conditional' : 'unknown', requires: [`code in ${b.world.node(place).name} can send data out`] }];
}

/** Chosen code runs in a compute or pipeline. */
export function fromExecution(b: Builder, place: number, aud: Reader, visible: boolean): void {
  const { world } = b;
  for (const s of sights(b, place, visible)) {
    identities(b, place, s);
    for (const e of world.out('HOLDS', place)) if (world.kind(world.to[e]!) === 'Secret') b.emit(`${RULE}/effect`, effectCode(world, 'credential', world.to[e]!, aud, s.visible), world.to[e]!, { edges: [e], verdict: s.verdict, requires: s.requires });
    hosted(b, place, aud, s);
    logIn(b, RULE, place, s.visible, { verdict: s.verdict, requires: s.requires });
    for (const e of world.out('REACHES', place)) {
      const to = world.to[e]!;
      const auth = world.prop<string>(to, 'auth') ?? 'unknown';
      if (world.kind(to) !== 'Endpoint' || (auth !== 'none' && auth !== 'unknown')) continue;
      const doubt = auth === 'unknown' ? [`who may call ${world.node(to).name}`] : [];
      b.emit(`${RULE}/presence`, code.presence(aud, s.visible && world.prop(to, 'repliesToCaller') !== false), to, { edges: [e], verdict: auth === 'unknown' ? 'unknown' : s.verdict, requires: [...s.requires, ...doubt] });
    }
  }
  for (const e of world.out('WRITES_TO', place)) b.emit(`${RULE}/content`, code.content(aud), world.to[e]!, { edges: [e] });
  for (const e of world.out('DEPLOYS', place)) b.emit(`${RULE}/config`, code.config(aud), world.to[e]!, { edges: [e] });
  // A shared runner: whoever owns the machine owns the jobs that run on it, and a job owns its machine.
  for (const e of world.in('IMPLEMENTED_BY', place)) if (world.kind(world.from[e]!) === 'Pipeline') b.emit(`${RULE}/execution`, code.exec(aud, visible), world.from[e]!, { edges: [e] });
  if (world.kind(place) === 'Pipeline') for (const e of world.out('IMPLEMENTED_BY', place)) b.emit(`${RULE}/execution`, code.exec(aud, visible), world.to[e]!, { edges: [e] });
}

/** Decided here, where the compute is known: credentials can be used in place, and carried off when something gets out. */
function identities(b: Builder, place: number, s: Sight): void {
  const { world } = b;
  const give = (identity: number, edges: readonly number[], portable: boolean, requires: readonly string[] = []): void => {
    const why = { edges, verdict: s.verdict, requires: [...s.requires, ...requires] };
    b.emit(`${RULE}/credential`, code.cred(s.visible ? POSITION.visible : POSITION.mute), identity, why);
    if (s.visible && portable) b.emit(`${RULE}/credential`, code.cred(POSITION.portable), identity, why);
  };
  const metadata = world.prop<string>(place, 'metadataService');
  if (metadata !== 'blocked') for (const e of codeIdentities(world, place)) give(world.to[e]!, [e], true, metadata === 'unknown' ? [`the metadata service of ${world.node(place).name} can be reached`] : []);
  for (const o of opens(world, place)) give(o.identity, o.edges, !o.ipRestricted && !o.senderConstrained);
  for (const e of world.out('RUNS_AS', place)) if (world.edgeProp<string>(e, 'for') === 'host') give(world.to[e]!, [e], true);
}

/** Agents and tools whose code this is. Controls inside the compute are void; those enforced outside of it stay (law L5). */
function hosted(b: Builder, place: number, aud: Reader, s: Sight): void {
  const { world } = b;
  const call = (tool: number, session: 1 | 2 | 3 | 0, edges: readonly number[], hasTool?: number): void => {
    const gate = gateFor(world, controlsOn(world, tool, hasTool), session, true);
    toTool(b, `${RULE}/tool`, tool, session, aud, s.visible, { edges, verdict: s.verdict, requires: [...s.requires, ...gate.requires], gates: gate.gates });
  };
  for (const e of world.in('IMPLEMENTED_BY', place)) {
    const user = world.from[e]!;
    switch (world.kind(user)) {
      case 'Agent': {
        const session = authoredSession(b, user);
        b.emit(`${RULE}/influence`, code.influence(session, aud, s.visible), user, { edges: [e], verdict: s.verdict, requires: s.requires });
        for (const h of world.out('HAS_TOOL', user)) if (world.edgeProp(h, 'enabled') !== false) call(world.to[h]!, session, [e, h], h);
        break;
      }
      case 'Tool': call(user, sessionOfTool(b, user), [e]); break;
      case 'ToolServer': for (const t of toolsOf(world, user)) call(t.node, sessionOfTool(b, t.node), [e, ...t.edges]); break;
    }
  }
}

/** A tool's own code waits for whoever calls it: a user when one of its agents has users. */
const sessionOfTool = (b: Builder, tool: number): 2 | 3 =>
  [...b.world.in('HAS_TOOL', tool)].some((h) => authoredSession(b, b.world.from[h]!) === SESSION.victim) ? SESSION.victim : SESSION.none;

export const fromExecutionSays: Sentences = {
  'from-execution/credential': ({ from, to }) => `code in ${from} holds the credentials of ${to}`,
  'from-execution/login': ({ from, to }) => `what code in ${from} finds logs in to ${to}`,
  'from-execution/effect': ({ from, to }) => `code in ${from} has the value of ${to}`,
  'from-execution/presence': ({ from, to }) => `code in ${from} can call ${to}, which asks for no credentials`,
  'from-execution/content': ({ from, to }) => `code in ${from} writes into ${to}`,
  'from-execution/config': ({ from, to }) => `${from} deploys ${to}`,
  'from-execution/execution': ({ from, to }) => `${from} and ${to} run on the same machine`,
  'from-execution/influence': ({ from, to }) => `${to} runs in ${from}, so its instructions can be rewritten`,
  'from-execution/tool': ({ from, to }) => `code in ${from} can call ${to} itself`,
};
