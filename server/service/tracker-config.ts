import { z } from 'zod';
import { UserError } from '../../schema/index.ts';
import { openTracker, placeName, TRACKERS, type TrackerWorld } from '../trackers/open.ts';
import type { Tracker } from '../trackers/tracker.ts';

/** A tracker that the service may write to. Its sign-in is in the environment of the service and nowhere else. */
export const TrackerConfig = z.strictObject({
  tracker: z.enum(TRACKERS),
  to: z.string().min(1),
  project: z.string().optional(),
  issueType: z.string().optional(),
  labels: z.array(z.string()).default(['overreach']),
  assignee: z.string().optional(),
  linkBase: z.string().default(''),
});
export type TrackerConfig = z.infer<typeof TrackerConfig>;

export interface ConfiguredTracker { name: string; config: TrackerConfig; place: string; tracker: Tracker }

const NAME = /^[\w.-]{1,64}$/;

/** Opens all of them, so that what is missing is said at the start and not with the first ticket. */
export async function configuredTrackers(trackers: Readonly<Record<string, TrackerConfig>>, world: TrackerWorld): Promise<ReadonlyMap<string, ConfiguredTracker>> {
  const out = new Map<string, ConfiguredTracker>();
  for (const [name, config] of Object.entries(trackers)) {
    try {
      if (!NAME.test(name)) throw new UserError('a name of letters, digits, dot, dash and underscore is needed');
      out.set(name, { name, config, place: placeName(config, world.cwd), tracker: await openTracker(config, world) });
    } catch (e) {
      throw e instanceof UserError ? new UserError(`trackers: ${name}: ${e.message}`) : e;
    }
  }
  return out;
}
