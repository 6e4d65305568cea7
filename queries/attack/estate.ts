import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { SensitivityResult } from '../../schema/index.ts';
import type { Access } from '../policy/types.ts';

/** Everything the attack graph is built from. The snapshot already holds the derived nodes and edges (CAN_ASSUME, CAN_ESCALATE, REACHES, derived ROUTES_TO, HAS_TOOL, FEEDS). */
export interface Estate {
  readonly snapshot: GraphSnapshot;
  readonly access: Access;
  /** By node id, for DataStore and Secret. A missing entry counts as unknown. */
  readonly sensitivity: ReadonlyMap<string, SensitivityResult>;
}
