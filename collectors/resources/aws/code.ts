import { hasHole, showHoles, type Resource } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { known, pointer, prop, text } from '../properties.ts';
import { referencesIn } from '../secrets.ts';
import { partOf } from './shared.ts';

/** Where code comes from: container images with the registry that holds them, archives in buckets. */

const REGISTRY = ['AWS::ECR::Repository'];

/** BUILT_FROM the image that a property names; its repository CONTAINS it. A tag may be moved by whoever can push. */
export function mapImage(ctx: MapContext, r: Resource, compute: string, path: (string | number)[], suffix = 'image'): void {
  const uri = text(prop(r, ...path));
  if (uri === undefined || uri === '') return;
  const digest = /@(sha256:[0-9a-f]{64})/.exec(uri)?.[1];
  // What follows an @ is a digest in any reference, also one that somebody fills in.
  const pinned = digest !== undefined || /@(sha256:)?\uE000[^\uE000\uE001]*\uE001$/.test(uri);
  const image = ctx.node(r, {
    kind: 'Artifact', nativeId: hasHole(uri) ? partOf(compute, suffix) : `image/${uri}`, type: 'oci.image', name: showHoles(uri), tags: {},
    sources: [ctx.source(r, pointer(...path))].filter((s) => s !== undefined),
    props: known({ artifactType: 'image', location: uri, digest, pinned, mutable: !pinned }),
  });
  const evidence = ctx.evidence(r, pointer(...path));
  ctx.edge({ kind: 'BUILT_FROM', from: compute, to: image, evidence });
  const repository = repositoryOf(ctx, uri);
  if (repository) ctx.edge({ kind: 'CONTAINS', from: repository, to: image, evidence });
}

function repositoryOf(ctx: MapContext, uri: string): string | undefined {
  for (const reference of referencesIn(uri)) {
    const repository = ctx.resolve(reference, REGISTRY);
    if (repository) return repository;
  }
  const named = /\.dkr\.ecr\.[^/]+\/(.+?)(?::[^:/]+)?(?:@sha256:\w+)?$/.exec(uri)?.[1];
  return named === undefined ? undefined : ctx.resolve(named, REGISTRY, { kind: 'DataStore', type: 'aws.ecr.repository' });
}

/** BUILT_FROM the archive at a bucket and key below `path`; the bucket CONTAINS it. */
export function mapObjectCode(ctx: MapContext, r: Resource, compute: string, path: (string | number)[], [bucketKey, objectKey, versionKey]: readonly [string, string, string]): void {
  const bucketName = prop(r, ...path, bucketKey);
  const bucket = ctx.resolve(bucketName, ['AWS::S3::Bucket'], { kind: 'DataStore', type: 'aws.s3.bucket' });
  if (!bucket) return;
  const key = text(prop(r, ...path, objectKey)) ?? '';
  const evidence = ctx.evidence(r, pointer(...path));
  const archive = ctx.node(r, {
    kind: 'Artifact', nativeId: partOf(bucket, key || '*'), type: 'aws.s3.object', name: showHoles(key) || 'archive', tags: {},
    sources: [ctx.source(r, pointer(...path))].filter((s) => s !== undefined),
    props: { artifactType: 'zip', location: `s3://${text(bucketName) ?? ''}/${key}`, pinned: prop(r, ...path, versionKey) != null, mutable: true },
  });
  ctx.edge({ kind: 'BUILT_FROM', from: compute, to: archive, evidence });
  ctx.edge({ kind: 'CONTAINS', from: bucket, to: archive, evidence });
}
