import { adfText } from '../../../server/trackers/text/adf.ts';
import { faulty, type Answer, type Asked, type Faults } from './server.ts';

export interface JiraIssue { key: string; fields: Record<string, unknown> & { summary: string; description: unknown }; category: 'new' | 'indeterminate' | 'done'; comments: unknown[] }
export interface FakeJira { url: string; issues: JiraIssue[]; asked: Asked[]; writes: () => number; fail: (f: Faults) => void; close: () => void }

const STATUS = { new: { id: '1', name: 'To Do' }, indeterminate: { id: '3', name: 'In Progress' }, done: { id: '5', name: 'Done' } } as const;
const no = (status: number, errorMessages: string[], errors: Record<string, string> = {}): Answer => ({ status, body: { errorMessages, errors } });

/** The part of Jira's REST API that tickets need, version 3 (Cloud) and 2 (Server), with its words for what is wrong. */
export async function fakeJira(): Promise<FakeJira> {
  const issues: JiraIssue[] = [];
  let writes = 0;
  let faults: Faults = () => undefined;
  const shown = (i: JiraIssue): object => ({ id: `10${i.key.split('-')[1]}`, key: i.key, fields: { description: i.fields.description, status: { ...STATUS[i.category], statusCategory: { key: i.category } } } });
  const cloud = `Basic ${Buffer.from('bot@acme.example:api').toString('base64')}`;
  const server = await faulty((a) => {
    const [, version, path] = /^\/rest\/api\/([23])(\/.*)$/.exec(a.path) ?? [];
    if (!path) return { status: 404, body: '<html>' };
    if (a.headers.authorization !== (version === '3' ? cloud : 'Bearer pat')) return no(401, ['You are not authenticated. Authentication required to perform this operation.']);
    if (path.startsWith('/search')) {
      const jql = a.url.searchParams.get('jql')!;
      if (!jql.includes('project = "SEC"')) return no(400, ["The value 'NOPE' does not exist for the field 'project'."]);
      const word = /description ~ "(\w+)"/.exec(jql)![1]!;
      const hits = issues.filter((i) => `${adfText(i.fields.description)} ${String(i.fields.description)}`.split(/[\s{}]+/).includes(word));
      if (version === '3') { if (path !== '/search/jql') return no(410, ['The requested API has been removed.']); const from = Number(a.url.searchParams.get('nextPageToken') ?? 0); return { status: 200, body: { issues: hits.slice(from, from + 20).map(shown), ...(from + 20 < hits.length ? { nextPageToken: String(from + 20) } : { isLast: true }) } }; }
      const from = Number(a.url.searchParams.get('startAt') ?? 0);
      return { status: 200, body: { startAt: from, maxResults: 20, total: hits.length, issues: hits.slice(from, from + 20).map(shown) } };
    }
    if (path === '/user/assignable/search') return { status: 200, body: a.url.searchParams.get('query') === 'maria@acme.example' ? [{ accountId: '5b10a', displayName: 'Maria' }] : [] };
    const given = a.body === '' ? {} : (JSON.parse(a.body) as { fields?: JiraIssue['fields'] & { issuetype?: { name: string }; labels?: string[]; priority?: { name: string } }; transition?: { id: string }; body?: unknown });
    if (path === '/issue' && a.method === 'POST') {
      const f = given.fields!;
      const errors: Record<string, string> = {};
      if (f.issuetype?.name !== 'Task') errors['issuetype'] = 'Specify a valid issue type';
      if (f.priority) errors['priority'] = "Field 'priority' cannot be set. It is not on the appropriate screen, or unknown.";
      if (f.labels?.some((l) => l.includes(' '))) errors['labels'] = "The label contains spaces which is invalid.";
      if (JSON.stringify(f['assignee'] ?? '').includes('nobody')) errors['assignee'] = "User 'nobody' does not exist.";
      if (version === '3' ? typeof f.description !== 'object' : typeof f.description !== 'string') errors['description'] = 'Operation value must be an Atlassian Document (see the Atlassian Document Format)';
      if (Object.keys(errors).length > 0) return no(400, [], errors);
      writes++;
      issues.push({ key: `SEC-${issues.length + 1}`, fields: f, category: 'new', comments: [] });
      return { status: 201, body: { id: String(issues.length), key: issues.at(-1)!.key, self: 'x' } };
    }
    const [, key, sub] = /^\/issue\/([A-Z]+-\d+)(?:\/(\w+))?$/.exec(path) ?? [];
    const issue = issues.find((i) => i.key === key);
    if (!issue) return no(404, ['Issue does not exist or you do not have permission to see it.']);
    if (sub === 'transitions' && a.method === 'GET') return { status: 200, body: { transitions: (Object.keys(STATUS) as (keyof typeof STATUS)[]).filter((c) => c !== issue.category).map((c) => ({ id: STATUS[c].id, name: STATUS[c].name, to: { statusCategory: { key: c } } })) } };
    if (a.method === 'GET') return { status: 200, body: shown(issue) };
    writes++;
    if (sub === 'transitions') { issue.category = (Object.keys(STATUS) as (keyof typeof STATUS)[]).find((c) => STATUS[c].id === given.transition!.id)!; return { status: 204 }; }
    if (sub === 'comment') { issue.comments.push(given.body); return { status: 201, body: { id: '1' } }; }
    Object.assign(issue.fields, given.fields);
    return { status: 204 };
  }, () => faults);
  return { ...server, issues, writes: () => writes, fail: (f) => { faults = f; } };
}
