import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { inputFile } from '../../collectors/input-file.ts';
import { awsDump } from '../../collectors/read/aws-dump/index.ts';
import { goal, print } from './clock.ts';
import { ACCOUNT, random } from './generate.ts';

interface Written { roles: number; statements: number }

/** `get-account-authorization-details` as the command line prints it (four spaces), until it has `megabytes`. */
function writeDump(file: string, megabytes: number): Written {
  const rnd = random(4);
  const out = openSync(file, 'w');
  const written: Written = { roles: 0, statements: 0 };
  let size = writeSync(out, '{\n    "UserDetailList": [],\n    "GroupDetailList": [],\n    "RoleDetailList": [');
  const statement = (i: number): object => {
    written.statements++;
    return { Sid: `S${Math.floor(rnd() * 1e6)}`, Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject', 'dynamodb:Query'].slice(0, 1 + Math.floor(rnd() * 3)), Resource: [`arn:aws:s3:::team${Math.floor(rnd() * 60)}-prod-bucket-${i}/*`, `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/team-${i}`] };
  };
  const list = (max: number, i: number): object[] => Array.from({ length: 1 + Math.floor(rnd() * max) }, () => statement(i));
  while (size < megabytes * 1e6) {
    const i = written.roles++;
    const role = {
      Path: '/', RoleName: `role-${i}`, RoleId: `AROA${String(i).padStart(17, '0')}`, Arn: `arn:aws:iam::${ACCOUNT}:role/role-${i}`, CreateDate: '2025-01-01T00:00:00+00:00',
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] }, InstanceProfileList: [],
      RolePolicyList: Array.from({ length: 1 + Math.floor(rnd() * 2) }, (_, k) => ({ PolicyName: `inline${k}`, PolicyDocument: { Version: '2012-10-17', Statement: list(3, i) } })),
      AttachedManagedPolicies: [{ PolicyName: 'ReadOnlyAccess', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }], Tags: [{ Key: 'team', Value: `team${Math.floor(rnd() * 60)}` }], RoleLastUsed: {},
    };
    size += writeSync(out, `${i === 0 ? '' : ','}\n${JSON.stringify(role, null, 4).replace(/^/gm, '        ')}`);
  }
  writeSync(out, '\n    ],\n    "Policies": [],\n    "IsTruncated": false\n}\n');
  closeSync(out);
  return written;
}

/** One dump read record by record, as a scan reads it: speed by processor time, the peak of memory, and everything that was written seen again. */
export async function measureDump(megabytes: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'overreach-bench-'));
  try {
    const path = join(folder, 'account.json');
    const written = writeDump(path, megabytes);
    const { size } = statSync(path);
    const file = inputFile('account.json', path, size);
    const options = { base: '.', variables: {}, varFiles: [], roots: [], workspace: 'default', env: {}, progress: () => {} };
    const cpu = process.cpuUsage();
    const wall = performance.now();
    const seen: Written = { roles: 0, statements: 0 };
    for (const group of await awsDump.recognise([file], options)) for await (const result of awsDump.read(group, options)) {
      if (result.problems.length > 0) throw new Error(`no speed is printed: ${result.problems[0]!.message}`);
      for (const r of result.resources) {
        seen.roles++;
        for (const p of r.properties['Policies'] as { PolicyDocument: { Statement: unknown[] } }[]) seen.statements += p.PolicyDocument.Statement.length;
      }
    }
    const used = process.cpuUsage(cpu);
    if (seen.roles !== written.roles || seen.statements !== written.statements) throw new Error(`answers differ, no speed is printed: ${JSON.stringify({ written, seen })}`);
    const peak = process.resourceUsage().maxRSS / 1024;
    const speed = size / (used.user + used.system);
    print(`\naccount dump of ${(size / 1e6).toFixed(0)} MB: ${seen.roles} roles, ${seen.statements} statements, all seen again`);
    print(`  read                             ${speed.toFixed(0)} MB a second of processor, ${(size / 1000 / (performance.now() - wall)).toFixed(0)} MB/s on the wall  ${goal(speed >= 80, '≥ 80 MB/s')}`);
    print(`  memory                           ${peak.toFixed(0)} MB resident at most, the process included  ${goal(peak <= 200, '≤ 200 MB')}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
