import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOwners, hostOf } from '../../collectors/link/codeowners.ts';
import { ownerMatcher } from '../../collectors/link/codeowners-pattern.ts';
import { collect } from '../../collectors/run.ts';
import { ownerRows } from '../../queries/findings/owners.ts';
import { collectText, snapshotOf } from '../helpers/scan.ts';

const owners = (text: string, path: string, host?: 'github' | 'gitlab'): string[] | undefined => codeOwners(text, host)(path)?.owners;

describe('GitHub', () => {
  test.each<[string, string, boolean]>([
    ['*', 'a/b.tf', true], ['*.tf', 'deep/down/main.tf', true], ['*.tf', 'main.tf.md', false],
    ['/docs/', 'docs/a/b.md', true], ['/docs/', 'x/docs/a.md', false], ['docs/', 'x/docs/a.md', true],
    ['docs/*', 'docs/a.md', true], ['docs/*', 'docs/a/b.md', false], ['/infra', 'infra/main.tf', true], ['/infra', 'infra2/main.tf', false],
    ['**/logs', 'a/b/logs/x.txt', true], ['/a/**/z', 'a/b/c/z', true], ['/a/**/z', 'b/z', false], ['my\\ docs/', 'my docs/a', true],
  ])('%s of %s: %s', (pattern, path, hit) => expect(ownerMatcher(pattern, 'github')(path)).toBe(hit));
  test('the last match wins, also when it names nobody', () => {
    expect(owners('* @all\n/infra/ @infra\n/infra/open/\n', 'infra/open/x.tf', 'github')).toBeUndefined();
    expect(owners('/infra/ @infra\n* @all\n', 'infra/x.tf', 'github')).toEqual(['@all']);
  });
  test('a section heading and an exclusion are no GitHub syntax', () => expect(owners('*.tf @tf\n!main.tf\n', 'main.tf', 'github')).toEqual(['@tf']));
});

describe('GitLab', () => {
  test.each<[string, string, boolean]>([
    ['README.md', 'a/README.md', true], ['/README.md', 'a/README.md', false], ['internal/x.md', 'a/internal/x.md', true], ['/docs/', 'docs/a/b.md', true],
    ['/docs', 'docs/a.md', false], ['/docs/*', 'docs/a/b.md', false], ['/docs/**/*.md', 'docs/a/b.md', true], ['/docs/**/*.md', 'docs/b.md', true],
  ])('%s of %s: %s', (pattern, path, hit) => expect(ownerMatcher(pattern, 'gitlab')(path)).toBe(hit));
  test('one owner set per section, the last match of each; defaults for entries without owners', () => {
    const text = '[Infra] @infra\n*.tf\n/net/ @net\n[Security][2] @sec\n/iam/\n';
    expect([owners(text, 'a.tf'), owners(text, 'net/a.tf'), owners(text, 'iam/a.tf')]).toEqual([['@infra'], ['@net'], ['@infra', '@sec']]);
  });
  test('sections of one name are one', () => expect(owners('[A] @one\n*.tf\n[B]\n*.md @md\n[a]\n/x/ @two\n', 'x/a.tf')).toEqual(['@two']));
  test('those of an optional section come last and are marked', () => {
    const of = codeOwners('^[Docs] @docs\n*.tf\n[Infra] @infra\n*.tf\n')('a.tf');
    expect(of).toMatchObject({ owners: ['@infra', '@docs'], optional: ['@docs'], line: 4 });
  });
  test('what is excluded has no owner in its section', () => expect([owners('[Infra] @infra\n*.tf\n!/gen/\n', 'gen/a.tf'), owners('[Infra] @infra\n*.tf\n!/gen/\n', 'a.tf')]).toEqual([undefined, ['@infra']]));
});

test('whose file it is', () => {
  expect([hostOf('.github/CODEOWNERS', 'gitlab.example/a', '[x]'), hostOf('CODEOWNERS', 'gitlab.example/a/b', ''), hostOf('CODEOWNERS', undefined, '* @a'), hostOf('CODEOWNERS', undefined, '^[x]\n* @a')]).toEqual(['github', 'gitlab', 'github', 'gitlab']);
});

test('a pattern of literal segments owns itself and nothing else', () => {
  const segment = fc.stringMatching(/^[a-z]{1,6}$/);
  fc.assert(fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.array(segment, { minLength: 1, maxLength: 4 }), (p, q) => {
    const same = p.join('/') === q.join('/');
    expect(ownerMatcher(`/${p.join('/')}`, 'gitlab')(q.join('/'))).toBe(same);
    const under = q.length >= p.length && p.every((x, i) => q[i] === x);
    expect(ownerMatcher(`/${p.join('/')}`, 'github')(q.join('/'))).toBe(under);
  }));
});

describe('who answers', () => {
  const bucket = (name: string, tags = ''): string => `resource "aws_s3_bucket" "${name}" {\n  bucket = "${name}"\n${tags}}\n`;
  const rows = async (files: Record<string, string>) => ownerRows(snapshotOf(await collectText(files))).filter((r) => r.node.kind === 'DataStore').map((r) => [r.node.name, r.owner, r.by]);
  const files = { CODEOWNERS: '*.tf @acme/infra\n/open/\n', 'a.tf': bucket('one') + bucket('two', '  tags = { Team = "data" }\n') + bucket('three', '  tags = { Team = "data" }\n'), 'open/b.tf': bucket('four'), 'overreach.yaml': 'owners:\n  - match: { kind: DataStore, name: three }\n    owner: maria@acme.example\n' };
  test('overreach.yaml, tag, CODEOWNERS; what nobody answers for comes first', async () => {
    expect(await rows(files)).toEqual([['four', undefined, ''], ['one', '@acme/infra', 'CODEOWNERS'], ['three', 'maria@acme.example', 'overreach.yaml'], ['two', 'data', 'tag']]);
  });
  test('of two entries the narrower decides, then the later', async () => {
    const yaml = (a: string, b: string) => ({ 'a.tf': bucket('one'), 'overreach.yaml': `owners:\n  - match: ${a}\n    owner: first@acme.example\n  - match: ${b}\n    owner: second@acme.example\n` });
    expect((await rows(yaml('{ name: one }', '{ kind: DataStore }')))[0]![1]).toBe('first@acme.example');
    expect((await rows(yaml('{ kind: DataStore }', '{ kind: DataStore }')))[0]![1]).toBe('second@acme.example');
  });
  test('the file at the top of the checkout counts when a part of it is scanned', async () => {
    const top = await mkdtemp(join(tmpdir(), 'overreach-owners-'));
    try {
      await mkdir(join(top, '.git'), { recursive: true });
      await mkdir(join(top, 'infra'), { recursive: true });
      await writeFile(join(top, '.git', 'config'), '');
      await writeFile(join(top, 'CODEOWNERS'), '/infra/ @acme/infra\n/other/ @acme/other\n');
      await writeFile(join(top, 'infra', 'a.tf'), bucket('one'));
      const batch = await collect({ paths: [join(top, 'infra')], hashKey: 'test' });
      expect(ownerRows(snapshotOf(batch)).filter((r) => r.node.kind === 'DataStore').map((r) => [r.owner, r.source?.file])).toEqual([['@acme/infra', '../CODEOWNERS']]);
    } finally {
      await rm(top, { recursive: true, force: true });
    }
  });
});
