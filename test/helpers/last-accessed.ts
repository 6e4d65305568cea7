/** A tracked action: its name, and when it was last tried. */
export type Action = readonly [name: string, last?: string];
/** A service of a report: its prefix, when it was last tried, and what is said of its tracked actions. */
export type Service = readonly [prefix: string, last?: string, actions?: readonly Action[]];

const ROLE = 'arn:aws:iam::111122223333:role/tool';

/** What `aws iam get-service-last-accessed-details` prints for a principal; `more` replaces or adds keys. */
export function lastAccessed(services: readonly Service[], { by = ROLE, ...more }: { by?: string; [key: string]: unknown } = {}): Record<string, unknown> {
  return {
    JobStatus: 'COMPLETED', JobType: services.some(([, , actions]) => actions) ? 'ACTION_LEVEL' : 'SERVICE_LEVEL', JobCreationDate: '2026-05-02T09:00:00.000000+00:00', JobCompletionDate: '2026-05-02T09:00:03.000000+00:00',
    ServicesLastAccessed: services.map(([prefix, last, actions]) => ({
      ServiceName: `Amazon ${prefix}`, ServiceNamespace: prefix, TotalAuthenticatedEntities: last ? 1 : 0,
      ...(last && { LastAuthenticated: last, LastAuthenticatedEntity: by, LastAuthenticatedRegion: 'eu-west-1' }),
      ...(actions && { TrackedActionsLastAccessed: actions.map(([ActionName, at]) => ({ ActionName, ...(at && { LastAccessedEntity: by, LastAccessedTime: at, LastAccessedRegion: 'eu-west-1' }) })) }),
    })),
    IsTruncated: false, ...more,
  };
}
