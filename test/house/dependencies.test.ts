import { describe, expect, test } from 'vitest';
import { isSource, read, tracked } from './files.ts';

const pkg = JSON.parse(read('package.json')) as { dependencies: Record<string, string>; devDependencies: Record<string, string> };
const ALLOWED = /^(\(?(MIT|ISC|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|0BSD|BlueOak-1\.0\.0|CC0-1\.0|Unlicense|Python-2\.0)( (OR|AND) )?\)?)+$/;

describe('runtime dependencies', () => {
  test.each(Object.keys(pkg.dependencies).filter((d) => d !== 'graphology-types'))('%s imports on this Node', async (name) => {
    expect(await import(name)).toBeTruthy();
  });

  test('every one of them is used by the product or named in the design card', () => {
    const product = tracked().filter((f) => isSource(f) && /^(schema|knowledge|graph|collectors|queries|server)\//.test(f)).map(read).join('\n');
    const card = new Set(['neo4j-driver', 'graphology', 'graphology-traversal', 'graphology-types', '@apollo/server', 'graphql', 'zod', '@aws-sdk/client-iam', '@octokit/rest']);
    expect(Object.keys(pkg.dependencies).filter((d) => !card.has(d) && !product.includes(`'${d}`))).toEqual([]);
  });

  test('licences of the whole runtime tree are permissive', () => {
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { license?: string; dev?: boolean; optional?: boolean; devOptional?: boolean }> };
    expect(Object.entries(lock.packages).filter(([p, x]) => p && !x.dev && !x.devOptional && x.license && !ALLOWED.test(x.license)).map(([p, x]) => `${p}: ${x.license}`)).toEqual([]);
  });

  test('versions are exact', () => {
    expect(Object.entries({ ...pkg.dependencies, ...pkg.devDependencies }).filter(([, v]) => !/^\d+\.\d+\.\d+/.test(v))).toEqual([]);
  });
});
