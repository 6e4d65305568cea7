import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { beforeAll, expect, test } from 'vitest';
import type { AnalysisResult } from '../../schema/index.ts';
import { FORMATS, type FormatOptions } from '../../server/formats.ts';
import { commandLine, EXAMPLE } from '../helpers/cli.ts';

const options: FormatOptions = { allRules: false, color: false, width: 140, ruleBase: 'https://rules.example/', sourceRoot: '', version: '1.2.3' };
let result: AnalysisResult;
beforeAll(async () => { result = JSON.parse((await commandLine().run('scan', EXAMPLE, '--format', 'json')).out) as AnalysisResult; }, 120_000);
const render = (name: string, r = result): string => FORMATS.get(name)!.render(r, options);

/** Every name that comes from the input, replaced by something hostile. */
const hostile = (r: AnalysisResult): AnalysisResult => JSON.parse(JSON.stringify(r, (k, v: unknown) => (k === 'name' && typeof v === 'string' ? '](javascript:alert(1)) <img src=x> @everyone `x` |\n# h "q"' : v))) as AnalysisResult;

interface Sarif { runs: { tool: { driver: { rules: { id: string; helpUri: string }[] } }; results: { ruleId: string; ruleIndex: number; partialFingerprints: object; locations: { physicalLocation?: { region: { startLine: number } } }[]; codeFlows?: { threadFlows: { locations: { location: { physicalLocation?: object } }[] }[] }[] }[] }[] }

test('SARIF is valid 2.1.0, each hop a code-flow location, rules with pages, fingerprints', () => {
  const schema = createRequire(import.meta.url)('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, unicodeRegExp: false });
  const { id: _, $schema: __, ...shape } = schema;
  const validate = ajv.compile(shape);
  const sarif = JSON.parse(render('sarif')) as Sarif;
  validate(sarif);
  expect(validate.errors ?? []).toEqual([]);
  const run = sarif.runs[0]!;
  expect(run.results.length).toBe(result.findings.length + result.posture.length);
  for (const [i, f] of result.findings.entries()) {
    expect(run.results[i]!.codeFlows![0]!.threadFlows[0]!.locations).toHaveLength(f.path.hops.length);
    expect(run.results[i]!.locations[0]!.physicalLocation!.region.startLine).toBeGreaterThan(0);
    expect(run.tool.driver.rules[run.results[i]!.ruleIndex]!.id).toBe(run.results[i]!.ruleId);
  }
  expect(run.tool.driver.rules[0]!.helpUri).toMatch(/^https:\/\/rules\.example\/[A-Z]+-\d+\.md$/);
});

test('Markdown has a Mermaid picture and lets no name become markup, a link or a mention', () => {
  const text = render('markdown', hostile(result));
  expect(text).toContain('```mermaid\nflowchart LR');
  expect(text).not.toMatch(/(?<!\\)\]\(javascript/);
  expect(text).not.toMatch(/(?<!\\)<img/);
  expect(text).not.toContain('@everyone');
  expect(text.split('\n').some((l) => l.startsWith('# h'))).toBe(false);
});

test('Mermaid labels hold no quotes or brackets from names', () => {
  for (const l of render('mermaid', hostile(result)).split('\n').slice(1)) expect((l.match(/"/g) ?? []).length % 2).toBe(0);
});

test('CSV: one row per finding, no formula', () => {
  const rows = render('csv', JSON.parse(JSON.stringify(result, (k, v: unknown) => (k === 'name' ? '=cmd|calc' : v))) as AnalysisResult).trimEnd().split('\r\n');
  expect(rows).toHaveLength(result.findings.length + 1);
  expect(rows.slice(1).every((r) => !/(^|,)=cmd/.test(r))).toBe(true);
});

test('an empty result says so', () => {
  const empty = { ...result, findings: [], posture: [], agents: [], principals: [], undecided: [] };
  expect(render('table', empty)).toContain('No attack path was found within what was read.');
  for (const f of FORMATS.keys()) expect(() => render(f, empty)).not.toThrow();
});
