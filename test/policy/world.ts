import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import { parsePolicyDocument } from '../../knowledge/policy-document/parse.ts';
import { edgeId, type EdgeRecord, type NodeKind, nodeId, type NodeRecord, type Value } from '../../schema/index.ts';

export const ACCOUNT = '111122223333';
export type Doc = Value;
export type As = 'identity' | 'boundary' | 'trust' | 'resource' | 'scp' | 'rcp' | 'session';

/** Builds a snapshot the way collectors write it: policies as nodes, attachments as edges. */
export class World {
  readonly nodes = new Map<string, NodeRecord>();
  readonly edges: EdgeRecord[] = [];

  node(kind: NodeKind, arn: string, props: Record<string, unknown> = {}, extra: Partial<NodeRecord> = {}): NodeRecord {
    const id = extra.id ?? nodeId(kind, 'aws', arn);
    const n: NodeRecord = {
      id, kind, type: `aws.${kind.toLowerCase()}`, name: arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1), provider: 'aws', scope: 'test', environment: 'unknown',
      tags: {}, state: 'live', completeness: 'full', sources: [{ source: 'test', file: 'main.tf', startLine: 1 }], aliases: [], props: { arn, ...props }, ...extra,
    };
    this.nodes.set(id, n);
    return n;
  }

  role(name: string, ...docs: Doc[]): NodeRecord { return this.identity('role', name, docs); }
  user(name: string, ...docs: Doc[]): NodeRecord { return this.identity('user', name, docs); }

  identity(type: 'role' | 'user' | 'group', name: string, docs: Doc[], account = ACCOUNT): NodeRecord {
    const n = this.node('Identity', `arn:aws:iam::${account}:${type}/${name}`, { identityType: type, account });
    docs.forEach((d) => this.attach(n, 'identity', d));
    return n;
  }

  bucket(name: string, extra: Partial<NodeRecord> = {}): NodeRecord { return this.node('DataStore', `arn:aws:s3:::${name}`, { storeType: 'bucket' }, extra); }
  table(name: string, account = ACCOUNT): NodeRecord { return this.node('DataStore', `arn:aws:dynamodb:eu-west-1:${account}:table/${name}`, { storeType: 'table' }); }

  policy(doc: Doc, policyType: string, id = `policy-${this.nodes.size}`): NodeRecord {
    const parsed = parsePolicyDocument(doc, (pointer) => Number(/\d+/.exec(pointer)?.[0] ?? 0));
    return this.node('Policy', '', { policyType, statements: parsed.statements, parse: parsed.parse }, {
      id: nodeId('Policy', 'aws', id), name: id,
      sources: Array.from({ length: 4 }, (_, i) => ({ source: 'test', file: 'main.tf', startLine: 10 + i })),
    });
  }

  attach(to: NodeRecord, as: As, doc: Doc | NodeRecord): NodeRecord {
    const p = typeof doc === 'object' && doc !== null && 'kind' in doc && doc.kind === 'Policy' ? (doc as NodeRecord) : this.policy(doc as Doc, as);
    this.edge('HAS_POLICY', to, p, { as });
    return p;
  }

  edge(kind: EdgeRecord['kind'], from: NodeRecord, to: NodeRecord, props: Record<string, unknown> = {}): void {
    const discriminator = JSON.stringify(props);
    this.edges.push({ id: edgeId(kind, from.id, to.id, discriminator), kind, from: from.id, to: to.id, discriminator, verdict: 'proven', requires: [], evidence: [], props });
  }

  snapshot(): GraphSnapshot { return new GraphSnapshot([...this.nodes.values()], this.edges); }
}

export const allow = (action: string | string[], resource: string | string[] = '*', rest: Record<string, Value> = {}): Value => ({ Effect: 'Allow', Action: action, Resource: resource, ...rest });
export const deny = (action: string | string[], resource: string | string[] = '*', rest: Record<string, Value> = {}): Value => ({ Effect: 'Deny', Action: action, Resource: resource, ...rest });
export const doc = (...statements: Value[]): Value => ({ Version: '2012-10-17', Statement: statements });
