import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyze } from '../../queries/analyze.ts';
import { compareHalves, type Half } from '../../queries/review/between.ts';
import type { Comparison } from '../../schema/index.ts';
import { commandLine } from '../helpers/cli.ts';
import { collectText } from '../helpers/scan.ts';
import { allow, finance, purpose } from './finance.ts';

const NOW = '2026-11-01T00:00:00Z';
async function half(files: Record<string, string>): Promise<Half> {
  const b = await collectText(files);
  const run = { id: 'r', startedAt: NOW, status: 'complete' as const, scope: b.scope, inputs: [], version: 't' };
  return { graph: b, result: analyze({ run, nodes: b.nodes, edges: b.edges, coverage: b.coverage }, { now: NOW }) };
}
const between = async (a: Record<string, string>, b: Record<string, string>): Promise<Comparison> => compareHalves(await half(a), await half(b), { before: 'a', after: 'b' }, { now: NOW, analyze: (g) => analyze(g, { now: NOW }) });
const rows = (c: Comparison, rule: string): string[] => c.postureOpened.filter((p) => p.rule === rule).map((p) => `${p.node.name}: ${p.detail}`);
const code = (statements: string): Record<string, string> => ({ 'main.tf': finance(statements) });

describe('run and run', () => {
  test('an agent that may do more has grown, with the line that lets it', async () => {
    const c = await between(code(allow('GetItem', 'billing')), code(allow('GetItem DeleteItem', 'billing')));
    expect(rows(c, 'AGT-057')).toEqual([expect.stringMatching(/^finance: weight of what it may do: 3 → 15; new: delete billing/)]);
    expect(c.postureOpened.find((p) => p.rule === 'AGT-057')!.evidence[0]!.source).toMatchObject({ file: 'main.tf' });
    expect(c.opened.map((x) => x.finding.effect)).toContain('delete');
  });
  test('another agent with the same access has not', async () => expect(rows(await between(code(allow('GetItem', 'billing')), code(allow('GetItem', 'billing'))), 'AGT-057')).toEqual([]));
  test('a new tool counts though the role is the same', async () => {
    const more = finance(allow('GetItem', 'billing')).replace('name = "get_invoice"\n      }', 'name = "get_invoice"\n      }\n      functions {\n        name = "get_invoices_of_all"\n      }');
    const c = await between(code(allow('GetItem', 'billing')), { 'main.tf': more });
    expect(rows(c, 'AGT-057')).toEqual([expect.stringContaining('new tools: get_invoices_of_all')]);
    expect(c.toolsAdded.map((t) => t.tool.name)).toEqual(['get_invoices_of_all']);
  });
  test('growth that the purpose was changed for is information', async () => {
    const with_ = (statements: string, entry: string) => ({ ...code(statements), 'overreach.yaml': purpose(entry) });
    const c = await between(with_(allow('GetItem', 'billing'), 'effect: read, resources: { name: billing }'), with_(allow('GetItem DeleteItem', 'billing'), 'effect: delete, resources: { name: billing }'));
    expect(c.postureOpened.filter((p) => p.rule === 'AGT-057').map((p) => p.severity)).toEqual(['info']);
  });
});

describe('code and live', () => {
  const ACCOUNT = '111122223333';
  const role = (name: string, service: string, policies: object[] = [], principals: object[] = []) => ({
    Path: '/', RoleName: name, RoleId: `AROA${name.toUpperCase()}`, Arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, CreateDate: '2026-01-05T10:00:00+00:00', InstanceProfileList: [], AttachedManagedPolicies: [], Tags: [], RolePolicyList: policies,
    AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }, ...principals] },
  });
  const data = (actions: string[]) => ({ PolicyName: 'data', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/billing` }] } });
  const account = (tool: object, extra: object[] = []): Record<string, string> => ({ 'account.json': JSON.stringify({ UserDetailList: [], GroupDetailList: [], Policies: [], RoleDetailList: [role('agent', 'bedrock.amazonaws.com'), tool, ...extra] }) });
  const written = code(allow('GetItem', 'billing'));

  test('a statement that only the account has is drift of the role; the same statements are none', async () => {
    const c = await between(written, account(role('tool', 'lambda.amazonaws.com', [data(['dynamodb:GetItem', 'dynamodb:DeleteItem'])])));
    expect(rows(c, 'AGT-006')).toEqual(['tool: identity policy: other statements are in force than the code has']);
    const same = await between(written, account(role('tool', 'lambda.amazonaws.com', [data(['dynamodb:GetItem'])])));
    expect(rows(same, 'AGT-006')).toEqual([]);
  });
  test('a trust that was opened by hand', async () => {
    const c = await between(written, account(role('tool', 'lambda.amazonaws.com', [data(['dynamodb:GetItem'])], [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::444455556666:root' }, Action: 'sts:AssumeRole' }])));
    expect(rows(c, 'AGT-006')).toEqual(['tool: trust policy: other statements are in force than the code has']);
  });
  test('what the account was not asked for is not called closed', async () => {
    const c = await between(written, account(role('tool', 'lambda.amazonaws.com', [data(['dynamodb:GetItem'])])));
    expect(c.closed).toEqual([]);
    expect(c.undetermined.length).toBeGreaterThan(0);
  });
});

test('compare names drift and growth on the screen, as Markdown and as JSON', async () => {
  const c = commandLine();
  const put = (folder: string, text: string): void => { mkdirSync(dirname(join(c.cwd, folder, 'main.tf')), { recursive: true }); writeFileSync(join(c.cwd, folder, 'main.tf'), text); };
  put('a', finance(allow('GetItem', 'billing')));
  put('b', finance(allow('GetItem DeleteItem', 'billing')));
  expect((await c.run('compare', 'a', 'b')).out).toMatch(/^growth +\S+ +finance: weight of what it may do: 3 → 15/m);
  expect((await c.run('compare', 'a', 'b', '--format', 'markdown')).out).toContain('## Drift and growth');
  expect(JSON.parse((await c.run('compare', 'a', 'b', '--format', 'json')).out).postureOpened.map((p: { rule: string }) => p.rule)).toContain('AGT-057');
  expect((await c.run('compare', 'a', 'a')).out).not.toMatch(/growth|drift/);
});
