import { faulty, type Answer, type Asked, type Faults } from './server.ts';

export interface Issue { number: number; title: string; body: string; state: 'open' | 'closed'; state_reason?: string | null; labels: { name: string }[]; assignees: { login: string }[]; user: { login: string; type: string }; author_association: string; comments: string[] }
export interface FakeGithub { url: string; issues: Issue[]; asked: Asked[]; writes: () => number; fail: (f: Faults) => void; close: () => void }

const TOKEN = 'ghs_installation';
const limits = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4000', 'x-ratelimit-reset': '1', 'x-github-request-id': 'A:1' };
const no = (status: number, message: string, errors?: unknown): Answer => ({ status, body: { message, ...(errors !== undefined && { errors }), documentation_url: 'https://docs.github.com/rest', status: String(status) }, headers: limits });

/** The part of GitHub's REST API that issues of `acme/estate` need, shaped as its documentation has it: status codes, limits, pages, refusals. */
export async function fakeGithub(tokens: readonly string[] = ['t', TOKEN]): Promise<FakeGithub> {
  const issues: Issue[] = [];
  let writes = 0;
  let faults: Faults = () => undefined;
  const shown = (i: Issue, base: string): object => ({ id: 9000 + i.number, node_id: `I_${i.number}`, url: `${base}/repos/acme/estate/issues/${i.number}`, html_url: `https://github.com/acme/estate/issues/${i.number}`, locked: false, milestone: null, ...i, comments: i.comments.length });
  const server = await faulty((a) => {
    const bearer = /^(?:token|bearer) (.+)$/i.exec(a.headers.authorization ?? '')?.[1];
    if (/^\/app\/installations\/\d+\/access_tokens$/.test(a.path)) return bearer?.split('.').length === 3 ? { status: 201, body: { token: TOKEN, expires_at: new Date(Date.now() + 3_600_000).toISOString(), permissions: { issues: 'write' }, repository_selection: 'all' } } : no(401, 'A JSON web token could not be decoded');
    if (bearer === undefined || !tokens.includes(bearer)) return no(401, 'Bad credentials');
    if (a.path === '/user') return bearer === TOKEN ? no(403, 'Resource not accessible by integration') : { status: 200, body: { login: 'ours', type: 'User' }, headers: limits };
    const at = /^\/repos\/acme\/estate\/issues(?:\/(\d+)(\/comments)?)?$/.exec(a.path);
    if (!at) return no(404, 'Not Found');
    const base = `http://${a.headers.host}`;
    if (at[1] === undefined && a.method === 'GET') {
      const [page, size] = [Number(a.url.searchParams.get('page') ?? 1), Number(a.url.searchParams.get('per_page') ?? 30)];
      const open = a.url.searchParams.get('state') ?? 'open';
      const rows = issues.filter((i) => open === 'all' || i.state === open);
      return { status: 200, body: rows.slice((page - 1) * size, page * size).map((i) => shown(i, base)), headers: { ...limits, ...(page * size < rows.length && { link: `<${base}${a.path}?page=${page + 1}>; rel="next"` }) } };
    }
    const issue = issues.find((i) => i.number === Number(at[1]));
    if (at[1] !== undefined && !issue) return no(404, 'Not Found');
    if (a.method === 'GET') return { status: 200, body: shown(issue!, base), headers: limits };
    const given = JSON.parse(a.body) as { title?: string; body?: string; state?: 'open' | 'closed'; state_reason?: string; labels?: string[]; assignees?: string[] };
    if ((given.body?.length ?? 0) > 65_536) return no(422, 'Validation Failed', [{ resource: 'Issue', field: 'body', code: 'custom', message: 'body is too long (maximum is 65536 characters)' }]);
    if (given.assignees?.includes('nobody')) return no(422, 'Validation Failed', [{ value: 'nobody', resource: 'Issue', field: 'assignees', code: 'invalid' }]);
    if (given.labels?.includes('forbidden')) return no(422, 'Validation Failed', [{ value: 'forbidden', resource: 'Label', field: 'labels', code: 'invalid' }]);
    writes++;
    if (at[2]) { issue!.comments.push(given.body!); return { status: 201, body: { id: 1, body: given.body }, headers: limits }; }
    if (a.method === 'PATCH') {
      const { labels: _, assignees: __, ...rest } = given;
      Object.assign(issue!, rest);
      return { status: 200, body: shown(issue!, base), headers: limits };
    }
    const made: Issue = { number: issues.length + 1, title: given.title!, body: given.body!, state: 'open', labels: (given.labels ?? []).map((name) => ({ name })), assignees: (given.assignees ?? []).map((login) => ({ login })), user: bearer === TOKEN ? { login: 'overreach[bot]', type: 'Bot' } : { login: 'ours', type: 'User' }, author_association: bearer === TOKEN ? 'NONE' : 'MEMBER', comments: [] };
    issues.push(made);
    return { status: 201, body: shown(made, base), headers: limits };
  }, () => faults);
  return { ...server, issues, writes: () => writes, fail: (f) => { faults = f; } };
}
