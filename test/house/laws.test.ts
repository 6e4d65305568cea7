import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isSource, read, tracked } from './files.ts';

const LAYERS: Record<string, readonly string[]> = {
  schema: [],
  knowledge: ['schema'],
  graph: ['schema', 'knowledge'],
  collectors: ['schema', 'knowledge', 'graph'],
  queries: ['schema', 'knowledge', 'graph'],
  server: ['schema', 'knowledge', 'graph', 'collectors', 'queries'],
};
/** Third-party modules the schema may use. */
const SCHEMA_PACKAGES = new Set(['zod', 'node:crypto']);
const IMPURE = /^(node:)?(fs|fs\/promises|net|http|https|child_process|dns|dgram|tls|worker_threads|os|process|readline|timers)(\/|$)/;
const PURE = [/^queries\//, /^graph\/algorithms\//, /^collectors\/resources\//, /^server\/formats\//];

const files = tracked();
const product = files.filter((f) => isSource(f) && (f.split('/')[0] ?? '') in LAYERS);

function imports(file: string): string[] {
  const text = read(file).replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return [...text.matchAll(/(?:^|[\s;])(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|import\s*\(\s*['"]([^'"]+)['"]\s*\)|^import\s*['"]([^'"]+)['"]/gm)].map((m) => (m[1] ?? m[2] ?? m[3])!);
}
const target = (file: string, spec: string): string => posix.normalize(posix.join(posix.dirname(file), spec));

describe('import laws', () => {
  test('imports only go down: schema ← knowledge ← graph ← (collectors | queries) ← server', () => {
    const broken = product.flatMap((f) => imports(f).filter((s) => s.startsWith('.')).map((s) => [f, target(f, s)] as const))
      .filter(([f, t]) => { const [from, to] = [f.split('/')[0]!, t.split('/')[0]!]; return from !== to && to in LAYERS && !LAYERS[from]!.includes(to); })
      .map(([f, t]) => `${f} imports ${t}: move what they share down, or pass it in`);
    expect(broken).toEqual([]);
  });

  test('nothing in the product imports tests, benchmarks, scripts or examples', () => {
    const broken = product.flatMap((f) => imports(f).filter((s) => s.startsWith('.')).map((s) => [f, target(f, s)] as const)).filter(([, t]) => /^(test|bench|scripts|examples)\//.test(t)).map(([f, t]) => `${f} imports ${t}`);
    expect(broken).toEqual([]);
  });

  test('modules of one shape do not import each other', () => {
    const shapes = [/^collectors\/read\/([^/]+)\//, /^queries\/findings\/predicates\/([^/]+)\.ts$/, /^server\/formats\/([^/]+)\.ts$/, /^server\/cli\/commands\/([^/]+)\.ts$/, /^queries\/attack\/transitions\/(from-[^/]+)\.ts$/];
    const broken = product.flatMap((f) => imports(f).filter((s) => s.startsWith('.')).map((s) => [f, target(f, s)] as const))
      .filter(([f, t]) => shapes.some((r) => { const [a, b] = [r.exec(f), r.exec(t)]; return a && b && a[1] !== b[1]; }))
      .map(([f, t]) => `${f} imports its sibling ${t}: move the shared code up to the folder's own file`);
    expect(broken).toEqual([]);
  });

  test('the pure middle uses no files, network, clock or randomness', () => {
    const broken = product.filter((f) => PURE.some((p) => p.test(f))).flatMap((f) => [
      ...imports(f).filter((s) => IMPURE.test(s)).map((s) => `${f} imports ${s}: let the caller pass it in`),
      ...[...read(f).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').matchAll(/\b(Date\.now\(|new Date\(\)|Math\.random\(|process\.(env|argv|cwd|std)|performance\.now\(|randomUUID\(|fetch\()/g)].map((m) => `${f} uses ${m[0]}: pass it in as an option`),
    ]);
    expect(broken).toEqual([]);
  });

  test('readers know no node kind, mappings know no file format', () => {
    const broken = [
      ...product.filter((f) => f.startsWith('collectors/read/')).flatMap((f) => imports(f).filter((s) => /schema\/(kinds|edges)|resources\//.test(s)).map((s) => `${f} imports ${s}: a reader yields resources, mappings give them meaning`)),
      ...product.filter((f) => f.startsWith('collectors/resources/')).flatMap((f) => imports(f).filter((s) => /\/read\//.test(s)).map((s) => `${f} imports ${s}: a mapping must not know where a resource came from`)),
    ];
    expect(broken).toEqual([]);
  });

  test('the schema depends on zod only', () => {
    expect(product.filter((f) => f.startsWith('schema/')).flatMap((f) => imports(f).filter((s) => !s.startsWith('.') && !SCHEMA_PACKAGES.has(s)).map((s) => `${f} imports ${s}`))).toEqual([]);
  });

  test('no default exports', () => {
    expect(product.filter((f) => /^export default\b/m.test(read(f)))).toEqual([]);
  });
});

describe('files', () => {
  test('no hand-written source file is longer than 300 lines', () => {
    expect(files.filter(isSource).map((f) => [f, read(f).split('\n').length - 1] as const).filter(([, n]) => n > 300).map(([f, n]) => `${f} has ${n} lines: one idea a file, split it`)).toEqual([]);
  });

  test('no path of a machine and no registry host in the tree', () => {
    const bad = /(?:^|[\s"'`(=:])(\/(?:home|Users|root|work|mnt|private\/var)\/[A-Za-z0-9_.-]+)|registry\.npmjs\.org|\.jfrog\.io|pkg\.dev\/|npm\.pkg\.github\.com/;
    const text = files.filter((f) => !/\.(png|gz|br|ico|woff2?)$/.test(f) && f !== 'test/house/laws.test.ts');
    expect(text.flatMap((f) => read(f).split('\n').flatMap((l, i) => (l.length < 100_000 && bad.test(l) ? [`${f}:${i + 1}: ${bad.exec(l)![0].trim()}`] : [])))).toEqual([]);
  });
});
