import { entriesOf, get, type Node } from './syntax/node.ts';
import type { Session } from './intrinsics/session.ts';

/** What the service accepts in one template: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (read 2026-10). */
const LIMITS: readonly (readonly [section: string, most: number])[] = [['Resources', 500], ['Parameters', 200], ['Outputs', 200], ['Mappings', 200]];
export const MAX_TEMPLATE_BYTES = 1024 * 1024;

/** Notes what the service would refuse; it is read all the same. */
export function checkLimits(template: Node, session: Session): void {
  for (const [section, most] of LIMITS) {
    const node = get(template, section);
    const n = entriesOf(node).length;
    if (n > most) session.problem('limit', `${n} ${section} in one template, the service takes ${most}`, node?.at);
  }
}
