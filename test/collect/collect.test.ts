import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reader } from '../../collectors/define.ts';
import { discover } from '../../collectors/discovery.ts';
import { codeOwners } from '../../collectors/link/codeowners.ts';
import { glob } from '../../collectors/link/match.ts';
import { readAll } from '../../collectors/read-all.ts';
import { findIgnores } from '../../collectors/read/ignore-comments.ts';
import { collect } from '../../collectors/run.ts';
import { normaliseRemote } from '../../collectors/scope.ts';
import { isFatalInput, type Batch } from '../../schema/index.ts';
import { readOptions } from '../helpers/read.ts';
import { collectText, snapshotOf, withFiles } from '../helpers/scan.ts';

const ROLE = (name: string, more = '') => `resource "aws_iam_role" "r" {\n  name = "${name}"\n  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })\n${more}}\n`;
const POLICY = (action: string) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
const DUMP = (roles: object[]) => JSON.stringify({ UserDetailList: [], GroupDetailList: [], RoleDetailList: roles, Policies: [] });
const ROLE_RECORD = (name: string) => ({ RoleName: name, Path: '/', RoleId: 'AROA1', Arn: `arn:aws:iam::123456789012:role/${name}`, AssumeRolePolicyDocument: POLICY('sts:AssumeRole'), RolePolicyList: [{ PolicyName: 'live', PolicyDocument: POLICY('s3:GetObject') }], AttachedManagedPolicies: [] });
const codes = (b: Batch) => b.coverage.flatMap((c) => c.problems).map((p) => p.code);

describe('discovery', () => {
  it('walks in order, leaves out what is not of the project, keeps modules that were fetched', () =>
    withFiles({ 'b.tf': '', 'a/c.json': '{}', '.git/x.tf': '', 'node_modules/p/x.tf': '', '.terraform/providers/x.tf': '', '.terraform/modules/m/main.tf': '', '.overreach/run.json': '{}' }, async (folder) => {
      expect((await discover(folder, folder)).files.map((f) => f.path)).toEqual(['.terraform/modules/m/main.tf', 'a/c.json', 'b.tf']);
    }));

  it('names loops, links that leave the folder, links to nothing; follows a linked file inside', () =>
    withFiles({ 'in/real.tf': 'x', 'outside/secret.tf': 'x' }, async (folder) => {
      const base = join(folder, 'in');
      await mkdir(join(base, 'sub'));
      await symlink(base, join(base, 'sub', 'up'));
      await symlink('self.tf', join(base, 'self.tf'));
      await symlink(join(folder, 'outside'), join(base, 'out'));
      await symlink(join(folder, 'outside', 'secret.tf'), join(base, 'out.tf'));
      await symlink('gone', join(base, 'nothing.tf'));
      await symlink('real.tf', join(base, 'linked.tf'));
      const { files, problems } = await discover(base, base);
      expect(files.map((f) => f.path)).toEqual(['linked.tf', 'real.tf']);
      expect(problems.map((p) => [p.source!.file, p.code]).sort()).toEqual([['nothing.tf', 'unreadable'], ['out', 'outside-root'], ['out.tf', 'outside-root'], ['self.tf', 'symlink-loop'], ['sub/up', 'symlink-loop']]);
      expect(problems.filter(isFatalInput).map((p) => p.source!.file)).toEqual(['nothing.tf']);
    }));

  it('a file of 100 MB in one line is refused, or passed by, and the rest is read', () =>
    withFiles({ 'ok.tf': ROLE('a'), 'mcp.json': '{"mcpServers":{"s":{"command":"x"}}}' }, async (folder) => {
      for (const name of ['big.tf', 'plain.json', '.mcp.json']) {
        await writeFile(join(folder, name), '{"a":"');
        await truncate(join(folder, name), 100 * 1024 * 1024);
      }
      const batch = await collect({ paths: [folder], hashKey: 'k' });
      expect(batch.coverage.flatMap((c) => c.problems).filter(isFatalInput).map((p) => [p.code, p.source?.file])).toEqual(expect.arrayContaining([['too-large', 'big.tf'], ['too-large', '.mcp.json']]));
      expect(batch.coverage.flatMap((c) => c.problems).some((p) => p.source?.file === 'plain.json')).toBe(false);
      expect(batch.nodes.some((n) => n.kind === 'Identity' && n.name === 'a')).toBe(true);
      expect(batch.complete).toBe(false);
    }));
});

describe('collect', () => {
  it('gives the same batch again, also from another folder', async () => {
    const files = { 'main.tf': ROLE('a'), 'sub/plan.json': JSON.stringify({ format_version: '1.2', terraform_version: '1', resource_changes: [{ address: 'aws_sqs_queue.q', type: 'aws_sqs_queue', mode: 'managed', change: { actions: ['create'], after: { name: 'q' } } }] }), 'dump.json': DUMP([ROLE_RECORD('b')]) };
    const first = await collectText(files);
    expect(await collectText(files)).toEqual(first);
    expect(first.nodes.map((n) => n.id)).toEqual([...first.nodes.map((n) => n.id)].sort());
    expect(first.nodes.length).toBeGreaterThan(3);
  });

  it('takes the scope from the option, overreach.yaml, the git remote, else local', async () => {
    const git = { '.git/config': '[core]\n\tbare = false\n[remote "other"]\n\turl = https://x.example/o/r\n[remote "origin"]\n\turl = git@GitHub.example:acme/estate.git\n', 'main.tf': ROLE('a') };
    expect((await collectText(git, { scope: 'mine' })).scope).toBe('mine');
    expect((await collectText({ ...git, 'overreach.yaml': 'scope: declared\n' })).scope).toBe('declared');
    expect(await collectText(git)).toMatchObject({ scope: 'github.example/acme/estate', covers: 'scan:github.example/acme/estate:.' });
    expect((await collectText({ 'main.tf': ROLE('a') })).scope).toBe('local');
  });

  it('a reader that fails is a problem; the others go on', () =>
    withFiles({ 'a.x': '', 'b.x': '' }, async (folder) => {
      const bad: Reader = { name: 'bad', says: '', recognise: async (files) => [{ input: 'a.x', files: [files[0]!], reader: 'bad' }], read: () => { throw new TypeError('x is not a function'); } };
      const worse: Reader = { name: 'worse', says: '', recognise: async () => { throw new Error('no'); }, read: bad.read };
      const good: Reader = { name: 'good', says: '', recognise: async (files) => files.map((f) => ({ input: f.path, files: [f], reader: 'good' })), read: async function* (g) { yield { source: 'good', input: g.input, status: 'read', resources: [], problems: [], missing: [] }; } };
      const got = [];
      for await (const r of readAll([worse, bad, good], (await discover(folder, folder)).files, readOptions(folder))) got.push(r.result);
      expect(got).toMatchObject([{ source: 'worse', status: 'failed' }, { source: 'bad', status: 'failed', problems: [{ code: 'not-read', source: { file: 'a.x' } }] }, { source: 'good', input: 'b.x' }]);
    }));

  it('a path that does not exist is the user’s error', async () => {
    await expect(collect({ paths: ['/nowhere/at/all'], hashKey: 'k' })).rejects.toMatchObject({ name: 'UserError', exitCode: 3 });
  });

  it('files of one module that are named one by one are one module', () =>
    withFiles({ 'm/main.tf': 'resource "aws_sqs_queue" "q" {\n  name = var.n\n}\n', 'm/vars.tf': 'variable "n" {\n  default = "named"\n}\n' }, async (folder) => {
      const batch = await collect({ paths: [join(folder, 'm/main.tf'), join(folder, 'm/vars.tf')], hashKey: 'k' });
      expect(codes(batch)).not.toContain('missing-variable');
      expect(batch.nodes.some((n) => n.name === 'named')).toBe(true);
    }));
});

describe('the same thing from two sources', () => {
  const code = ROLE('app') + 'resource "aws_iam_role_policy" "p" {\n  name = "declared"\n  role = aws_iam_role.r.name\n  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }] })\n}\n';

  it('is one node: live grants, code defines, what only code attaches is conditional', async () => {
    const batch = await collectText({ 'infra/main.tf': code, 'dump.json': DUMP([ROLE_RECORD('app')]) });
    const role = batch.nodes.find((n) => n.kind === 'Identity' && n.name === 'app')!;
    expect(batch.nodes.filter((n) => n.kind === 'Identity' && n.name === 'app')).toHaveLength(1);
    expect(role).toMatchObject({ id: 'ovr:identity:aws:arn:aws:iam::123456789012:role/app', state: 'live', sources: [{ source: 'terraform', file: 'infra/main.tf', startLine: 1 }, { source: 'aws-dump' }], aliases: ['iac:local@infra#aws_iam_role.r'] });
    const grants = snapshotOf(batch).out(role.id, 'HAS_POLICY').filter((e) => e.props.as === 'identity').map((e) => [batch.nodes.find((n) => n.id === e.to)!.name, e.verdict, e.requires.length]);
    expect(grants.sort()).toEqual([['declared', 'conditional', 1], ['live', 'proven', 0]]);
    expect(batch.coverage.flatMap((c) => c.problems).some((p) => /only one among the dumps/.test(p.message))).toBe(true);
  });

  it('near miss: code that speaks of another account stays apart', async () => {
    const other = ROLE('app', '  permissions_boundary = "arn:aws:iam::999999999999:policy/b"\n');
    const batch = await collectText({ 'infra/main.tf': other, 'dump.json': DUMP([ROLE_RECORD('app')]) });
    expect(batch.nodes.filter((n) => n.kind === 'Identity' && n.name === 'app')).toHaveLength(2);
  });

  it('near miss: a role of another name is not in the account, and that is said', async () => {
    const batch = await collectText({ 'infra/main.tf': ROLE('new'), 'dump.json': DUMP([ROLE_RECORD('app')]) });
    expect(batch.coverage.flatMap((c) => c.problems).filter((p) => /not in the account/.test(p.message)).map((p) => p.source?.file)).toEqual(['infra/main.tf']);
  });
});

describe('owners', () => {
  const owner = (b: Batch, name: string) => { const n = b.nodes.find((x) => x.name === name)!; return snapshotOf(b).out(n.id, 'OWNED_BY').map((e) => e.to.replace('ovr:owner:org:', '')).sort(); };

  it('overreach.yaml before tag before CODEOWNERS', async () => {
    const files = { CODEOWNERS: '* @acme/all\n/infra/ @acme/infra @bob\n', 'infra/main.tf': ROLE('a'), 'main.tf': ROLE('b', '  tags = { owner = "team-b" }\n') };
    const batch = await collectText(files);
    expect([owner(batch, 'a'), owner(batch, 'b')]).toEqual([['@acme/infra', '@bob'], ['team-b']]);
    expect(batch.nodes.filter((n) => n.kind === 'Owner').map((n) => [n.name, n.props.ownerKind])).toEqual(expect.arrayContaining([['@acme/infra', 'team'], ['@bob', 'person']]));
    expect(owner(await collectText({ ...files, 'overreach.yaml': 'owners:\n  - match: { kind: Identity, name: "b*" }\n    owner: sec@acme.example\n' }), 'b')).toEqual(['sec@acme.example']);
  });

  it('CODEOWNERS: the last pattern decides, sections add up, no owner is no owner', () => {
    const of = codeOwners('* @all\n*.tf @tf # who else\n/docs/\n[Security][2] @sec\n/iam/\n^[Ops]\n*.tf @ops\n');
    expect([of('a.md')?.owners, of('a.tf')?.owners, of('docs/x.md')?.owners, of('iam/x.tf')?.owners]).toEqual([['@all'], ['@tf', '@ops'], undefined, ['@tf', '@sec', '@ops']]);
    expect(of('a.tf')?.line).toBe(2);
  });

  it('a selector with stars means what the slow definition means', () => {
    const alphabet = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    fc.assert(fc.property(alphabet, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (p, t) => glob(p, t) === new RegExp(`^${p.replaceAll('*', '.*')}$`).test(t)), { numRuns: 500 });
  });
});

describe('ignore comments', () => {
  it('are found with rule, reason, date and the block below', () => {
    const text = '# overreach:ignore AGT-021 reason="reversible for 30 days" until=2027-04-30\n# more\n\nresource "a" "b" {}\n// overreach:ignore AGT-001, AGT-002 reason=no quotes here until=2026-01-01\nx = 1\n  # overreach:ignore nothing\n';
    expect(findIgnores(text, 'f.tf')).toEqual([
      { rule: 'AGT-021', file: 'f.tf', line: 1, blockLine: 4, reason: 'reversible for 30 days', until: '2027-04-30' },
      { rule: 'AGT-001', file: 'f.tf', line: 5, blockLine: 6, reason: 'no quotes here', until: '2026-01-01' },
      { rule: 'AGT-002', file: 'f.tf', line: 5, blockLine: 6, reason: 'no quotes here', until: '2026-01-01' },
    ]);
  });
});

describe('scope of a remote', () => {
  it.each([
    ['git@github.com:acme/estate.git', 'github.com/acme/estate'], ['https://user:token@GitHub.com/acme/estate.git', 'github.com/acme/estate'], ['ssh://git@host.example:2222/a/b', 'host.example/a/b'],
    ['https://gitlab.example/group/sub/project/', 'gitlab.example/group/sub/project'], ['/srv/git/x.git', undefined], ['C:\\repos\\x', undefined],
  ])('%s', (url, scope) => expect(normaliseRemote(url)).toBe(scope));
});
