import type { SourceRef } from './source-ref.ts';
import type { Value } from './value.ts';

/**
 * What a reader yields, before the provider's canonical shape: the source's own type and property names.
 * `dialect` says which renaming applies: `terraform` (snake case, blocks as arrays), `canonical` (already the provider's own shape:
 * CloudFormation, account dumps, Kubernetes, MCP, overreach.yaml).
 */
export interface RawResource {
  dialect: 'terraform' | 'canonical';
  /** `aws_iam_role`, `AWS::IAM::Role`, `MCP::Server`, … */
  type: string;
  /** Unique in its root: `module.a.aws_iam_role.x["k"]`, logical id, JSON pointer. */
  address: string;
  /** Root module folder, template or file that owns the address, relative to the scanned folder ('' = top). */
  root: string;
  properties: { [key: string]: Value };
  /**
   * Where each property was written, by JSON pointer into `properties` ('' = the whole block). A lookup falls back to the nearest
   * ancestor. A string that carries a JSON document (`jsonencode`, heredoc, `aws_iam_policy_document`) also has pointers *into* the
   * document (`/policy/Statement/0/Action`), as if it were an object.
   */
  sources: Map<string, SourceRef>;
  /** Decoded JSON documents by JSON pointer of the property, where the reader knows the structure (holes and unknowns inside). */
  documents: Map<string, Value>;
  /** Provider configuration that applies: alias ('' = default), and what it pins, where literal. */
  provider: {
    scope: string; account?: string; region?: string; defaultTags?: { [k: string]: Value };
    /** Nothing in the input configures it: a module that nobody here calls. Its account is that of whoever calls it. */
    unconfigured?: boolean;
  };
  /** Addresses named by `depends_on` or by any reference in the block. */
  references: string[];
  /** managed, or read from outside the code (`data` blocks are not resources unless they name a thing we can resolve). */
  mode: 'managed' | 'data' | 'live';
  state: 'live' | 'planned' | 'removed' | 'declared';
}

/** A resource in the provider's canonical shape (AWS: CloudFormation type and property names). */
export interface Resource extends Omit<RawResource, 'dialect'> {
  provider: RawResource['provider'];
  /** The type as the source wrote it, for people and for scoring (`aws_iam_role`). */
  sourceType: string;
  /** Canonical ARN or native id where it can be formed; may contain holes. */
  nativeId?: string;
  /** Physical name; may contain holes. */
  name?: string;
}

/** Source of a property, or of its nearest ancestor. `pointer` is a JSON pointer, '' the whole block. */
export function sourceOf(r: { sources: Map<string, SourceRef> }, pointer = ''): SourceRef | undefined {
  for (let p = pointer; ; p = p.slice(0, p.lastIndexOf('/'))) {
    const s = r.sources.get(p);
    if (s || p === '') return s;
  }
}
