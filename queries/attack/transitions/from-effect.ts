import type { EffectClass } from '../../../schema/index.ts';
import { AUD, BENIGN, code, POSITION, SESSION, type Aud } from '../facts.ts';
import type { Builder } from '../builder.ts';
import { carries, DEFINITIONS, protection } from '../static/content.ts';
import { toolsOf } from '../static/executes.ts';
import { goalsOf } from '../static/goals.ts';
import { opens } from '../static/holds.ts';
import { logIn } from './log-in.ts';
import { codeOf } from './escalate.ts';
import { repliesToCaller, routeOn, toServer, toTool } from './onward.ts';
import { ACHIEVED } from '../words.ts';
import type { Sentences } from '../says.ts';

type Reader = Exclude<Aud, 3>;
const RULE = 'from-effect';

/** An effect happens to an asset. */
export function fromEffect(b: Builder, asset: number, effect: EffectClass, aud: Aud, visible: boolean): void {
  const { world } = b;
  for (const g of goalsOf(world, asset, effect, visible)) if (aud !== AUD.nobody || BENIGN.has(effect)) b.emit(`${RULE}/goal`, code.goal(g.goal), g.asset, { requires: g.requires });
  if (aud === AUD.nobody) return; // a mistake ends with its effect
  switch (effect) {
    case 'read': case 'credential':
      if (visible) for (const o of opens(world, asset)) if (!o.ipRestricted && !o.senderConstrained) b.emit(`${RULE}/credential`, code.cred(POSITION.portable), o.identity, { edges: o.edges });
      if (visible) logIn(b, RULE, asset, true);
      break;
    case 'write': case 'send': put(b, asset, effect, aud); break;
    case 'permission': redefine(b, asset, aud, []); if (!DEFINITIONS.has(world.kind(asset)) && carries(world, asset)) b.emit(`${RULE}/config`, code.config(aud), asset); break;
    case 'execute': run(b, asset, aud, visible); break;
    case 'invoke': invoke(b, asset, aud, visible); break;
  }
}

/** Bytes placed: content of a store, a definition, or what the store contains. */
function put(b: Builder, asset: number, effect: EffectClass, aud: Reader): void {
  const { world } = b;
  if (carries(world, asset)) b.emit(`${RULE}/content`, code.content(aud), asset);
  if (effect !== 'write') return;
  redefine(b, asset, aud, []);
  if (world.kind(asset) === 'Repository') return; // its content follows from CONFIG
  for (const e of world.out('CONTAINS', asset)) {
    const inner = world.to[e]!;
    redefine(b, inner, aud, [e]);
    if (!DEFINITIONS.has(world.kind(inner)) && carries(world, inner)) b.emit(`${RULE}/content`, code.content(aud), inner, { edges: [e] });
  }
}

function redefine(b: Builder, node: number, aud: Reader, edges: readonly number[]): void {
  if (DEFINITIONS.has(b.world.kind(node))) b.emit(`${RULE}/config`, code.config(aud), node, { edges, requires: protection(b.world, node) });
}

function run(b: Builder, asset: number, aud: Reader, visible: boolean): void {
  for (const place of codeOf(b.world, asset)) b.emit(`${RULE}/execution`, code.exec(aud, visible), place.node, { edges: place.edges });
}

function invoke(b: Builder, asset: number, aud: Reader, visible: boolean): void {
  const { world } = b;
  switch (world.kind(asset)) {
    case 'Endpoint': b.emit(`${RULE}/presence`, code.presence(aud, visible && world.prop(asset, 'repliesToCaller') !== false), asset); break;
    case 'Agent': b.emit(`${RULE}/influence`, code.influence(SESSION.attacker, aud, visible && repliesToCaller(b, asset)), asset); break;
    case 'Tool': toTool(b, `${RULE}/tool`, asset, SESSION.attacker, aud, visible, {}); break;
    case 'ToolServer': toServer(b, `${RULE}/tool`, asset, aud, visible, []); break;
    case 'Compute':
      // Straight to the code behind a tool: round the agent and the gateway, so none of their gates stands.
      for (const e of world.in('IMPLEMENTED_BY', asset)) {
        const user = world.from[e]!;
        if (world.kind(user) === 'Tool') toTool(b, `${RULE}/tool`, user, SESSION.attacker, aud, visible, { edges: [e] });
        else if (world.kind(user) === 'ToolServer') for (const t of toolsOf(world, user)) toTool(b, `${RULE}/tool`, t.node, SESSION.attacker, aud, visible, { edges: [e, ...t.edges] });
      }
      routeOn(b, RULE, asset, aud, visible);
      break;
  }
}

export const fromEffectSays: Sentences = {
  'from-effect/goal': ({ to, goal }) => `${ACHIEVED[goal!] ?? goal}: ${to}`,
  'from-effect/credential': ({ from, to }) => `what ${from} holds lets the attacker act as ${to}`,
  'from-effect/login': ({ from, to }) => `what ${from} holds logs in to ${to}`,
  'from-effect/content': ({ to }) => `the attacker's text is now in ${to}`,
  'from-effect/config': ({ to }) => `the definition of ${to} can be changed`,
  'from-effect/execution': ({ to }) => `the attacker's code runs in ${to}`,
  'from-effect/presence': ({ to }) => `requests to ${to} are accepted`,
  'from-effect/influence': ({ to }) => `${to} can be called, so the caller's text enters its context`,
  'from-effect/tool': ({ to }) => `${to} can be called directly, round the agent`,
  'from-effect/relay': ({ from, to }) => `${from} passes the request to ${to}`,
};
