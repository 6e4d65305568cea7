import type { Resource, Value } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { at, fields, known, list, number, pointer, prop, text, texts } from '../../properties.ts';
import { encryptedWith, runsAs } from '../shared.ts';

/** Long-term memory of agents. Who writes and reads it is decided by permissions; the resource says how it is partitioned. */
export function mapMemory(r: Resource, ctx: MapContext): void {
  const strategies = list(prop(r, 'MemoryStrategies'));
  const memory = ctx.node(r, {
    kind: 'DataStore',
    props: known({
      storeType: 'agent_memory', arn: r.nativeId, memoryScope: scopeOf(strategies), expiryDays: number(prop(r, 'EventExpiryDuration')),
      strategies: strategies.map((s) => text(at(s, 'Type')) ?? Object.keys(fields(s) ?? {})[0] ?? 'unknown'),
    }),
  });
  runsAs(ctx, r, memory, ['MemoryExecutionRoleArn'], 'service');
  encryptedWith(ctx, r, memory, 'EncryptionKeyArn');
  strategies.forEach((s, i) => {
    const kind = Object.keys(fields(s) ?? {})[0];
    const path = ['MemoryStrategies', i, kind ?? '', 'Configuration', 'SelfManagedConfiguration', 'InvocationConfiguration', 'PayloadDeliveryBucketName'];
    const bucket = kind === undefined ? undefined : ctx.resolve(prop(r, ...path), ['AWS::S3::Bucket'], { kind: 'DataStore', type: 'aws.s3.bucket' });
    if (bucket) ctx.edge({ kind: 'FEEDS', from: memory, to: bucket, discriminator: 'ingest', props: { mode: 'ingest' }, evidence: ctx.evidence(r, pointer(...path)) });
  });
}

/** Records are shared unless every namespace names the actor (or the session). Without strategies only raw events exist, by actor and session. */
function scopeOf(strategies: Value[]): 'session' | 'actor' | 'shared' | 'unknown' {
  const namespaces = strategies.flatMap((s) => {
    const inner = fields(Object.values(fields(s) ?? {})[0]);
    return [...texts(at(s, 'Namespaces')), ...texts(at(s, 'NamespaceTemplates')), ...texts(inner?.Namespaces), ...texts(inner?.NamespaceTemplates)];
  });
  if (namespaces.length === 0) return strategies.length === 0 ? 'actor' : 'unknown';
  if (namespaces.every((n) => n.includes('{sessionId}'))) return 'session';
  return namespaces.every((n) => n.includes('{actorId}') || n.includes('{sessionId}')) ? 'actor' : 'shared';
}
