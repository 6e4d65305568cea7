import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { allow, change, TABLE } from './plan-file.ts';
import { CHAT, CLOSED_DOOR, edit } from './chat.ts';

const root = new URL('../..', import.meta.url).pathname;
const command = `node --import ${join(root, 'node_modules/tsx/dist/esm/index.mjs')} ${join(root, 'server/main.ts')}`;
interface Step { name?: string; run?: string; env?: Record<string, string> }
const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as { inputs: Record<string, unknown>; runs: { steps: Step[] } };
const step = (name: string): Step => action.runs.steps.find((s) => s.name === name)!;

/** Runs one step of the action as the runner does: its own shell, its own environment, files for outputs and summary. */
function runStep(name: string, cwd: string, env: Record<string, string>): { code: number; outputs: Record<string, string>; summary: string; log: string } {
  const [output, summary] = [join(cwd, `.${name}-output`), join(cwd, `.${name}-summary`)];
  for (const f of [output, summary]) writeFileSync(f, '');
  const ran = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step(name).run!], { cwd, encoding: 'utf8', env: { PATH: process.env['PATH']!, HOME: cwd, GITHUB_ACTION_PATH: root, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, GITHUB_REPOSITORY: 'acme/estate', OVERREACH_COMMAND: command, ...env } });
  return { code: ran.status ?? -1, outputs: Object.fromEntries(readFileSync(output, 'utf8').split('\n').filter(Boolean).map((l) => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)])), summary: readFileSync(summary, 'utf8'), log: ran.stdout + ran.stderr };
}

test('the steps of the action: review, comment once and then again, gate', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'overreach-action-'));
  writeFileSync(join(cwd, 'tfplan.json'), change({ 'aws_lambda_function_url.chat': { authorization_type: 'NONE' }, 'aws_iam_role_policy.tool': { policy: allow('dynamodb:PutItem', TABLE) } }));
  expect(Object.keys(step('review').env!)).toEqual(['PLAN', 'CODE', 'OVER', 'FAIL_ON']);
  const review = runStep('review', cwd, { PLAN: 'tfplan.json', CODE: '', OVER: '', FAIL_ON: 'high' });
  expect([review.code, review.outputs['exit-code']]).toEqual([0, '1']);
  expect(review.summary).toContain('Overreach: rejected');
  expect((JSON.parse(readFileSync(review.outputs['sarif']!, 'utf8')) as { runs: { results: unknown[] }[] }).runs[0]!.results.length).toBeGreaterThan(0);

  mkdirSync(join(cwd, 'bin'));
  writeFileSync(join(cwd, 'bin/gh'), '#!/usr/bin/env bash\necho "$*" >> "$HOME/gh.log"\ncase "$*" in *--paginate*) cat "$HOME/comments" 2>/dev/null || true ;; esac\n');
  chmodSync(join(cwd, 'bin/gh'), 0o755);
  const env = { PATH: `${join(cwd, 'bin')}:${process.env['PATH']!}`, MARKDOWN: review.outputs['markdown']!, NUMBER: '7' };
  expect(runStep('comment', cwd, env).code).toBe(0);
  writeFileSync(join(cwd, 'comments'), '99\n');
  expect(runStep('comment', cwd, env).code).toBe(0);
  const calls = readFileSync(join(cwd, 'gh.log'), 'utf8').split('\n').filter((l) => l.includes('--method'));
  expect(calls.map((l) => l.split(' ').slice(2, 4))).toEqual([['POST', 'repos/acme/estate/issues/7/comments'], ['PATCH', 'repos/acme/estate/issues/comments/99']]);

  expect(runStep('gate', cwd, { CODE: '1', STRICT: 'false' }).code).toBe(1);
  expect(runStep('gate', cwd, { CODE: '0', STRICT: 'false' }).code).toBe(0);
  expect([runStep('gate', cwd, { CODE: '2', STRICT: 'false' }).code, runStep('gate', cwd, { CODE: '2', STRICT: 'true' }).code]).toEqual([0, 2]);
}, 60_000);

test('the pre-commit hook stops an open path and lets a closed one pass, and leaves nothing behind', () => {
  const [hook] = parse(readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8')) as { entry: string; files: string }[];
  const cwd = mkdtempSync(join(tmpdir(), 'overreach-hook-'));
  execFileSync('git', ['init', '-q'], { cwd });
  const run = (): number => spawnSync('bash', ['-c', hook!.entry.replace(/^overreach/, command)], { cwd, encoding: 'utf8' }).status ?? -1;
  writeFileSync(join(cwd, 'main.tf'), CHAT);
  expect(run()).toBe(1);
  writeFileSync(join(cwd, 'main.tf'), edit(CHAT, CLOSED_DOOR, ['"dynamodb:PutItem", "dynamodb:UpdateItem"', '"dynamodb:DescribeTable"']));
  expect(run()).toBe(0);
  expect(existsSync(join(cwd, '.overreach'))).toBe(false);
  expect('modules/x/main.tf').toMatch(new RegExp(hook!.files));
}, 60_000);
