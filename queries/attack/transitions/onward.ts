import { AUD, code, SESSION, type Aud, type Session } from '../facts.ts';
import type { Because, Builder } from '../builder.ts';
import { actsOnBehalf, toolsOf } from '../static/executes.ts';
import { controlsOn, gateFor, isInteractive } from '../static/gates.ts';

/** Steps that several premises share: arriving at an agent, a tool, code, or along a route. */

/** Session of text or code that was put there beforehand: the next user's, or nobody's. */
export const authoredSession = (b: Builder, agent: number): Session => (isInteractive(b.world, agent) ? SESSION.victim : SESSION.none);

/** Whether what the agent answers goes back to whoever called it. */
export const repliesToCaller = (b: Builder, agent: number): boolean => b.world.prop<boolean>(agent, 'relaysReply') ?? isInteractive(b.world, agent);

/** TOOL(t); the session is kept only where a credential acts on behalf of the user. */
export function toTool(b: Builder, rule: string, tool: number, session: Session, aud: Aud, visible: boolean, why: Because): void {
  const kept = actsOnBehalf(b.world, tool) ? (aud === AUD.nobody ? SESSION.victim : session) : SESSION.any;
  b.emit(rule, code.tool(kept, aud, visible && aud !== AUD.nobody), tool, why);
}

/** Tools of a server without a model in between: only the tool's and the server's own gates stand. */
export function toServer(b: Builder, rule: string, server: number, aud: Aud, visible: boolean, edges: readonly number[], requires: readonly string[] = []): void {
  for (const t of toolsOf(b.world, server)) {
    const gate = gateFor(b.world, controlsOn(b.world, t.node), SESSION.attacker);
    toTool(b, rule, t.node, SESSION.attacker, aud, visible, { edges: [...edges, ...t.edges], requires: [...requires, ...gate.requires], gates: gate.gates });
  }
}

interface Weakness { id: string; exploited?: boolean; effect: string }
const TAKES_OVER = /^(rce|auth_?bypass|code_?execution|command)$/i;

/** EXEC on code that a request gets to: a known weakness, or an interface that takes commands. */
export function breakIn(b: Builder, rule: string, compute: number, aud: Aud, reply: boolean, edges: readonly number[]): void {
  for (const w of b.world.prop<Weakness[]>(compute, 'vulnerabilities') ?? []) {
    if (!TAKES_OVER.test(w.effect)) continue;
    b.emit(rule, code.exec(aud, reply), compute, { edges, technique: w.id, requires: w.exploited === true ? [] : [`${w.id} can be exploited here`], evidence: b.world.node(compute).sources.slice(0, 1).map((source) => ({ source, basis: 'code' as const, text: w.id })), tag: `${compute}` });
  }
}
const implementers = (b: Builder, node: number): number[] => [...b.world.out('IMPLEMENTED_BY', node)];

/** Where a request that is at an endpoint, or at code, goes on to. `reply` is lost behind queues and asynchronous code. */
export function routeOn(b: Builder, rule: string, at: number, aud: Aud, reply: boolean): void {
  const { world } = b;
  for (const e of world.out('ROUTES_TO', at)) {
    const forwards = world.edgeProp<boolean | 'unknown'>(e, 'forwardsText');
    if (forwards === false) continue;
    const to = world.to[e]!;
    const requires = forwards === 'unknown' ? ['text forwarded'] : [];
    const back = reply && world.edgeProp(e, 'relaysReply') !== false && world.edgeProp(e, 'asynchronous') !== true && world.prop(at, 'asynchronous') !== true;
    switch (world.kind(to)) {
      case 'Endpoint': b.emit(`${rule}/presence`, code.presence(aud, back && world.prop(to, 'repliesToCaller') !== false), to, { edges: [e], requires }); break;
      case 'Compute': b.emit(`${rule}/relay`, code.relay(aud, back && world.prop(to, 'asynchronous') !== true), to, { edges: [e], requires }); break;
      case 'Agent':
        b.emit(`${rule}/influence`, code.influence(SESSION.attacker, aud as 0 | 1 | 2, back && repliesToCaller(b, to)), to, { edges: [e], requires });
        for (const i of implementers(b, to)) breakIn(b, `${rule}/execution`, world.to[i]!, aud, back, [e, i]);
        break;
      case 'ToolServer':
        toServer(b, `${rule}/tool`, to, aud, back, [e], requires);
        for (const i of implementers(b, to)) breakIn(b, `${rule}/execution`, world.to[i]!, aud, back, [e, i]);
        break;
      case 'DataStore': case 'Channel': b.emit(`${rule}/content`, code.content(aud as 0 | 1 | 2), to, { edges: [e], requires }); break;
    }
  }
}
