import { Builder } from './builder.ts';
import type { Estate } from './estate.ts';
import { decode, type Aud } from './facts.ts';
import { AttackGraph } from './graph.ts';
import { numberStarts } from './starts.ts';
import { Grants } from './static/grants.ts';
import { World } from './static/world.ts';
import { fromConfig } from './transitions/from-config.ts';
import { fromContent } from './transitions/from-content.ts';
import { fromCredential } from './transitions/from-credential.ts';
import { fromEffect } from './transitions/from-effect.ts';
import { fromExecution } from './transitions/from-execution.ts';
import { fromAtom, fromGrant } from './transitions/from-grant.ts';
import { fromInfluence } from './transitions/from-influence.ts';
import { fromPresence, fromRelay } from './transitions/from-presence.ts';
import { fromStart } from './transitions/from-start.ts';
import { fromTool } from './transitions/from-tool.ts';

type Reader = Exclude<Aud, 3>;

export interface BuildOptions {
  /** False: every grant leads to each of its assets directly (the pair graph). Same answers, more edges; for tests. */
  factored?: boolean;
}

/** Builds the attack graph of an estate: all facts that any start can lead to, and all transitions between them. */
export function buildAttack(estate: Estate, options: BuildOptions = {}): AttackGraph {
  const world = new World(estate);
  const b = new Builder(world, new Grants(world, options.factored ?? true));
  const starts = numberStarts(b);
  b.run((_, c, node) => {
    const p = decode(c);
    const aud = p.aud as Reader;
    switch (p.kind) {
      case 'START': fromStart(b, p.entry); break;
      case 'PRESENCE': fromPresence(b, node, aud, p.visible); break;
      case 'RELAY': fromRelay(b, node, aud, p.visible); break;
      case 'CONTENT': fromContent(b, node, aud); break;
      case 'INFLUENCE': fromInfluence(b, node, p.session, aud, p.visible); break;
      case 'TOOL': fromTool(b, node, p.session, p.aud, p.visible); break;
      case 'GRANT': fromGrant(b, node, p.aud, p.visible); break;
      case 'ATOM': fromAtom(b, node, p.aud, p.visible); break;
      case 'EFFECT': fromEffect(b, node, p.effect, p.aud, p.visible); break;
      case 'EXEC': fromExecution(b, node, aud, p.visible); break;
      case 'CRED': fromCredential(b, node, p.position); break;
      case 'CONFIG': fromConfig(b, node, aud); break;
      case 'GOAL': break;
    }
  });
  return new AttackGraph(b, starts);
}
