import { type Hole, hole, showHoles, splitHoles } from '../../../../../schema/index.ts';

/** Changes the literal pieces of a text; a hole becomes the hole that `rename` names, or stays when it names none. */
export function mapPieces(text: string, change: (piece: string) => string, rename: (shown: string, h: Hole) => string | undefined): string {
  return splitHoles(text).map((p) => {
    if (typeof p === 'string') return change(p);
    const key = rename(showHoles(hole(p)).slice(1, -1), p);
    return hole(key === undefined ? p : { kind: 'unknown', key });
  }).join('');
}

/**
 * Whether cutting at both ends of a text is decided: each end is literal text of which something stays, or, where `trusted`, a hole
 * that begins and ends with no space (a reference, an account).
 */
export function endsDecided(text: string, cut: (piece: string) => string, trusted: boolean): boolean {
  const pieces = splitHoles(text);
  return [pieces[0], pieces.at(-1)].every((p) => p === undefined || pieces.length === 1 && typeof p === 'string' || (typeof p === 'string' ? cut(p) !== '' : trusted && p.kind !== 'unknown'));
}
