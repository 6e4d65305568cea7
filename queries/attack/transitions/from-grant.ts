import { code, type Aud } from '../facts.ts';
import type { Builder } from '../builder.ts';
import { effectCode } from './effects.ts';
import type { Sentences } from '../says.ts';

/** GRANT → its assets, by atoms where sets share them (hidden; the statement stood on the way in). */
export function fromGrant(b: Builder, grant: number, aud: Aud, visible: boolean): void {
  const g = b.grants.vertices[grant]!;
  for (const a of g.assets) b.emit('grant/effect', effectCode(b.world, g.effect, a, aud, visible), a);
  for (const a of g.atoms) b.emit('grant/atom', code.atom(aud, visible), a);
}

export function fromAtom(b: Builder, atom: number, aud: Aud, visible: boolean): void {
  const { effect, assets } = b.grants.atoms[atom]!;
  for (const a of assets) b.emit('grant/effect', effectCode(b.world, effect, a, aud, visible), a);
}

export const fromGrantSays: Sentences = {
  'grant/effect': ({ from, to }) => `${from} covers ${to}`,
  'grant/atom': ({ from, to }) => `${from} covers ${to}`,
};
