import { EntryClass } from '../../schema/index.ts';
import { AUD, code, POSITION } from './facts.ts';
import type { Builder } from './builder.ts';
import { authoredSession } from './transitions/onward.ts';

export const ENTRY_CLASSES = EntryClass.options;

/** Vertices everything grows from: one for each entry class, every agent assumed steered, every principal assumed breached. */
export interface StartVertices { entry: ReadonlyMap<EntryClass, number>; agents: ReadonlyMap<number, number>; principals: ReadonlyMap<number, number> }

export function numberStarts(b: Builder): StartVertices {
  const { world } = b;
  const nowhere = world.nodes.length;
  const entry = new Map(ENTRY_CLASSES.map((c) => [c, b.vertex(code.start(c), nowhere)]));
  const agents = new Map(world.ofKind('Agent').map((a) => [a, b.vertex(code.influence(authoredSession(b, a), AUD.public, false), a)]));
  const principals = new Map(world.ofKind('Identity').map((p) => [p, b.vertex(code.cred(POSITION.portable), p)]));
  return { entry, agents, principals };
}

/** Who an entry class is, at the head of a sentence. */
export const WHO: Readonly<Record<EntryClass, string>> = {
  E0: 'anyone on the internet', E1: 'anyone who signs up', E2: 'an outside author', E3: 'a customer or partner', E4: 'any employee', E5: 'a developer with write access',
  E6: 'a compromised third party', E7: 'nobody: the agent errs', E8: 'whoever finds the exposed credential',
};
