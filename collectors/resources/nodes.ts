import { hasHole, hole, showHoles, type Resource } from '../../schema/index.ts';
import type { MapContext } from '../define.ts';

/** Ids and names of nodes that one resource gives. */

/** Native id inside a node id. */
export const nativeOf = (id: string): string => id.replace(/^ovr:[^:]+:[^:]+:/, '');

/** Native id of a further node of a resource, below its main node. */
export const partOf = (main: string, suffix: string): string => `${nativeOf(main)}#${showHoles(suffix)}`;

/** What people call a resource: its physical name where that is known, else its address. */
export const label = (r: Resource): string => (r.name !== undefined && r.name !== '' && !hasHole(r.name) ? r.name : r.address);

/** Id of the main node of a resource. */
export const idOf = (ctx: MapContext, r: Resource): string | undefined =>
  ctx.resolve(hole({ kind: 'ref', address: r.root ? `${r.root}#${r.address}` : r.address, attribute: '' }), [r.type]);
