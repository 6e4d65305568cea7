import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastAccessed, type Service } from '../helpers/last-accessed.ts';
import { readFiles } from '../helpers/read.ts';

const T = '2026-04-01T08:00:00+00:00';
const ROLE = 'arn:aws:iam::111122223333:role/tool';
const OTHER = 'arn:aws:iam::111122223333:role/other';
const USED: Service[] = [['s3', T, [['PutBucketPolicy', T], ['DeleteBucket']]], ['sqs']];
const read = async (value: unknown) => (await readFiles({ 'report.json': typeof value === 'string' ? value : JSON.stringify(value, null, 2) }))[0]!;
const problems = async (value: unknown) => { const r = await read(value); return { status: r.status, taken: r.resources.length, says: r.problems.map((p) => [p.source?.file, p.source?.jsonPointer, typeof p.source?.startLine, p.message]) }; };

describe('answers of iam get-service-last-accessed-details', () => {
  it('the only entity in it is the principal; what was used, what was not, action by action', async () => {
    const r = await read(lastAccessed(USED));
    expect(r).toMatchObject({ source: 'aws-last-accessed', status: 'read', problems: [] });
    expect(r.resources).toMatchObject([{ type: 'IAM::LastAccessedReport', mode: 'live', properties: {
      Principal: ROLE, ReportedAt: '2026-05-02T09:00:00.000000+00:00', Unused: ['sqs'], Used: { s3: { Last: T, Actions: { putbucketpolicy: T, deletebucket: 'never' } } },
    } }]);
    expect(r.resources[0]!.sources.get('')).toMatchObject({ file: 'report.json', startLine: 1 });
  });

  it.each<[string, unknown, string[]]>([
    ['the principal named at its top', { Arn: ROLE, ...lastAccessed([['sqs']]) }, [ROLE]],
    ['answers by principal', { [ROLE]: lastAccessed([['sqs']]), [OTHER]: lastAccessed(USED, { by: OTHER }) }, [ROLE, OTHER]],
    ['a list of them', [{ Arn: OTHER, ...lastAccessed([['sqs']]) }, lastAccessed(USED)], [OTHER, ROLE]],
  ])('%s', async (_, value, principals) => {
    const r = await read(value);
    expect([r.status, r.problems, r.resources.map((x) => x.properties['Principal'])]).toEqual(['read', [], principals]);
  });

  it('an answer with nothing but null for what was not used is the same', async () => {
    const answer = lastAccessed(USED) as { ServicesLastAccessed: Record<string, unknown>[] };
    Object.assign(answer.ServicesLastAccessed[1]!, { LastAuthenticated: null, LastAuthenticatedEntity: null });
    expect((await read(answer)).resources[0]!.properties['Unused']).toEqual(['sqs']);
  });

  it.each<[string, unknown, string, string, RegExp]>([
    ['no attempt, so no principal', lastAccessed([['sqs']]), 'read', '', /does not say whose it is.*nothing is concluded/],
    ['several principals, as of a policy', { ...lastAccessed(USED), ServicesLastAccessed: [...(lastAccessed(USED)['ServicesLastAccessed'] as object[]), ...(lastAccessed([['sns', T]], { by: OTHER })['ServicesLastAccessed'] as object[])] }, 'read', '', /2 principals/],
    ['named as one, made by another', { Arn: OTHER, ...lastAccessed(USED) }, 'read', '/Arn', /another principal made attempts/],
    ['of a policy', { Arn: 'arn:aws:iam::111122223333:policy/p', ...lastAccessed(USED) }, 'read', '/Arn', /none of a role or user/],
    ['still running', { JobStatus: 'IN_PROGRESS', JobType: 'SERVICE_LEVEL', JobCreationDate: T }, 'partial', '/JobStatus', /not completed \(IN_PROGRESS\)/],
    ['failed', lastAccessed(USED, { JobStatus: 'FAILED' }), 'partial', '/JobStatus', /not completed \(FAILED\)/],
    ['a page', lastAccessed(USED, { IsTruncated: true }), 'partial', '/IsTruncated', /services are missing/],
    ['no list', lastAccessed(USED, { ServicesLastAccessed: 'none' }), 'partial', '/ServicesLastAccessed', /not a list/],
    ['no answer under a principal', { [ROLE]: 7, x: lastAccessed([]) }, 'partial', `/${ROLE.replaceAll('/', '~1')}`, /is expected here/],
  ])('nothing is concluded: %s', async (_, value, status, pointer, says) => {
    const p = await problems(value);
    expect([p.status, p.taken]).toEqual([status, 0]);
    expect(p.says[0]).toEqual(['report.json', pointer, 'number', expect.stringMatching(says)]);
  });

  it('text that is no JSON is a problem with its line, in a file that failed', async () => {
    const r = await read(`${JSON.stringify(lastAccessed(USED), null, 1).slice(0, -9)}`);
    expect(r).toMatchObject({ status: 'failed', resources: [], problems: [{ code: 'parse-error', source: { file: 'report.json', startLine: expect.any(Number) } }] });
  });

  it.each<[string, object, RegExp]>([
    ['no prefix', { ServiceNamespace: undefined }, /no ServiceNamespace/],
    ['no instant where one should be', { LastAuthenticated: 'yesterday' }, /contradictory/],
    ['an entity and no instant', { LastAuthenticatedEntity: ROLE }, /contradictory/],
    ['a count and no instant', { TotalAuthenticatedEntities: 2 }, /contradictory/],
    ['an action used, the service not', { TrackedActionsLastAccessed: [{ ActionName: 'DeleteQueue', LastAccessedTime: T, LastAccessedEntity: ROLE }] }, /contradictory/],
  ])('a service that contradicts itself is neither used nor unused: %s', async (_, change, says) => {
    const answer = lastAccessed(USED) as { ServicesLastAccessed: object[] };
    Object.assign(answer.ServicesLastAccessed[1]!, change);
    const r = await read(answer);
    expect(r.resources[0]!.properties['Unused']).toEqual([]);
    expect(Object.keys(r.resources[0]!.properties['Used'] as object)).toEqual(['s3']);
    expect([r.status, r.problems.map((p) => p.message)]).toEqual(['partial', [expect.stringMatching(says)]]);
    expect(r.problems[0]!.source).toMatchObject({ jsonPointer: '/ServicesLastAccessed/1' });
  });

  it('a service that comes twice, once used and once not, is told of in neither way', async () => {
    expect((await read(lastAccessed([...USED, ['s3']]))).resources[0]!.properties).toMatchObject({ Unused: ['sqs'], Used: {} });
  });

  it('other JSON with the same words is left alone', async () => {
    expect(await readFiles({ 'a.json': '{"JobStatus":"COMPLETED","JobCreationDate":"2026-01-01","AccessDetails":[]}', 'b.json': '{"text":"ServicesLastAccessed"}' })).toEqual([]);
  });

  it('whatever stands in the entries, nothing is thrown, every problem has its line, and no service is both used and unused', async () => {
    const odd = fc.oneof(fc.constant(null), fc.integer(), fc.string(), fc.constant(T), fc.constant(ROLE), fc.constant([]), fc.constant({}));
    const entry = fc.record({ ServiceNamespace: fc.oneof(fc.constantFrom('s3', 'sqs', 'S3', '__proto__', 'constructor'), odd), LastAuthenticated: odd, LastAuthenticatedEntity: odd, TotalAuthenticatedEntities: odd, TrackedActionsLastAccessed: fc.oneof(odd, fc.array(fc.record({ ActionName: odd, LastAccessedTime: odd, LastAccessedEntity: odd }, { requiredKeys: [] }))) }, { requiredKeys: [] });
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(entry, odd), { maxLength: 5 }), async (services) => {
      const r = await read({ Arn: ROLE, ...lastAccessed([]), ServicesLastAccessed: services });
      for (const p of r.problems) expect(p).toMatchObject({ message: expect.not.stringContaining('the reader stopped'), source: { file: 'report.json', startLine: expect.any(Number) } });
      for (const x of r.resources) expect(Object.keys(x.properties['Used'] as object).filter((s) => (x.properties['Unused'] as string[]).includes(s))).toEqual([]);
    }), { numRuns: 60 });
  });
});
