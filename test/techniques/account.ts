import { mapInputs } from '../../collectors/resources/map.ts';
import { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { RawResource, Value } from '../../schema/index.ts';

export const ACCOUNT = '111122223333';
export const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
export const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
export const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT}:${kind}/${name}`;

type Props = { [key: string]: Value };
export interface Stmt { Effect: 'Allow' | 'Deny'; Action: string | string[]; Resource?: string | string[]; NotResource?: string | string[]; Condition?: Props; Principal?: Props }
export const doc = (...Statement: Stmt[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
export const allow = (Action: string | string[], Resource: string | string[] = '*', Condition?: Props): Stmt => ({ Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) });
export const deny = (Action: string | string[]): Stmt => ({ Effect: 'Deny', Action, Resource: '*' });
export const trust = (Principal: Props, Action = 'sts:AssumeRole'): string => doc({ Effect: 'Allow', Principal, Action });

/** Terraform resources of one account, mapped as a reader of evaluated code would hand them over. */
export class Account {
  #resources: RawResource[] = [];

  /** A type of Terraform, or a canonical one where Terraform has none. */
  add(type: string, name: string, properties: Props): this {
    const source = { source: 'terraform', file: 'main.tf', startLine: this.#resources.length * 10 + 1, address: `${type}.${name}` };
    this.#resources.push({
      dialect: type.startsWith('AWS::') ? 'canonical' : 'terraform', type, address: `${type}.${name}`, root: '', properties, sources: new Map([['', source]]), documents: new Map(), provider: { scope: '', account: ACCOUNT, region: 'us-east-1' },
      references: [], mode: 'managed', state: 'declared',
    });
    return this;
  }

  role(name: string, assume: string, more: { admin?: boolean; inline?: string; boundary?: string; path?: string } = {}): this {
    this.add('aws_iam_role', name, { name, path: more.path ?? '/', assume_role_policy: assume, ...(more.boundary ? { permissions_boundary: more.boundary } : {}) });
    return this.#permissions('role', name, more);
  }

  user(name: string, more: { admin?: boolean; inline?: string; boundary?: string } = {}): this {
    this.add('aws_iam_user', name, { name, path: '/', ...(more.boundary ? { permissions_boundary: more.boundary } : {}) });
    return this.#permissions('user', name, more);
  }

  group(name: string, more: { admin?: boolean; members?: string[] } = {}): this {
    this.add('aws_iam_group', name, { name, path: '/' });
    for (const m of more.members ?? []) this.add('aws_iam_user_group_membership', `${m}-${name}`, { user: m, groups: [name] });
    return this.#permissions('group', name, more);
  }

  policy(name: string, document: string, on: 'user' | 'role' | 'group', holder: string): this {
    this.add('aws_iam_policy', name, { name, path: '/', policy: document, arn: arn('policy', name) });
    return this.add(`aws_iam_${on}_policy_attachment`, `${holder}-${name}`, { [on]: holder, policy_arn: arn('policy', name) });
  }

  #permissions(kind: string, name: string, more: { admin?: boolean; inline?: string }): this {
    if (more.inline) this.add(`aws_iam_${kind}_policy`, `${name}-inline`, { name: `${name}-inline`, [kind]: name, policy: more.inline });
    if (more.admin) this.add(`aws_iam_${kind}_policy_attachment`, `${name}-admin`, { [kind]: name, policy_arn: ADMIN });
    return this;
  }

  get addresses(): string[] { return this.#resources.map((r) => r.address); }

  /** The same account without some of its resources. */
  without(address: (a: string) => boolean): Account {
    const out = new Account();
    out.#resources = this.#resources.filter((r) => !address(r.address));
    return out;
  }

  snapshot(): GraphSnapshot {
    const { nodes, edges } = mapInputs([{ source: 'terraform', input: '.', resources: this.#resources, account: ACCOUNT }], { scope: 'test', hashKey: 'test' });
    return new GraphSnapshot(nodes, edges);
  }
}
