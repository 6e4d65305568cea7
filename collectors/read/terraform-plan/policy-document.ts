import { isUnknown, unknown, type Value } from '../../../schema/index.ts';

type Fields = { [key: string]: Value };
const fields = (v: Value | undefined): Fields | undefined => (v !== undefined && v !== null && typeof v === 'object' && !Array.isArray(v) && !isUnknown(v) ? (v as Fields) : undefined);

/**
 * Document that a `data.aws_iam_policy_document` block with the given (partly undecided) arguments will produce
 * (AWS provider reference, `aws_iam_policy_document`). Unknown as a whole when it builds on other documents: they may replace statements.
 */
export function policyDocumentOf(values: Fields): Value {
  for (const key of ['source_policy_documents', 'override_policy_documents', 'source_json', 'override_json']) {
    const v = values[key];
    if (v !== undefined && v !== null && !(Array.isArray(v) && v.length === 0) && v !== '') return unknown(`built on ${key}`);
  }
  const statements = values.statement;
  if (statements === undefined || statements === null) return { Version: version(values), Statement: [] };
  if (!Array.isArray(statements)) return unknown('statements known after apply');
  return { Version: version(values), Statement: statements.map((s) => { const f = fields(s); return f ? statement(f) : unknown('statement known after apply'); }) };
}

const version = (v: Fields): Value => (typeof v.version === 'string' && v.version ? v.version : '2012-10-17');

function statement(s: Fields): Value {
  const out: Fields = {};
  if (typeof s.sid === 'string' && s.sid) out.Sid = s.sid;
  out.Effect = typeof s.effect === 'string' && s.effect ? s.effect : isUnknown(s.effect) ? s.effect : 'Allow';
  for (const [from, to] of [['actions', 'Action'], ['not_actions', 'NotAction'], ['resources', 'Resource'], ['not_resources', 'NotResource']] as const) {
    const v = s[from];
    if (v !== undefined && v !== null && !(Array.isArray(v) && v.length === 0)) out[to] = v;
  }
  for (const [from, to] of [['principals', 'Principal'], ['not_principals', 'NotPrincipal']] as const) {
    const v = s[from];
    if (isUnknown(v)) out[to] = v;
    else if (Array.isArray(v) && v.length > 0) out[to] = principals(v);
  }
  const conditions = s.condition;
  if (isUnknown(conditions)) out.Condition = conditions;
  else if (Array.isArray(conditions) && conditions.length > 0) out.Condition = conditionsOf(conditions);
  return out;
}

function principals(list: Value[]): Value {
  const out: { [type: string]: Value[] } = {};
  for (const item of list) {
    const p = fields(item);
    if (!p || typeof p.type !== 'string') return unknown('principals known after apply');
    const ids = Array.isArray(p.identifiers) ? p.identifiers : [p.identifiers ?? null];
    if (p.type === '*' && ids.length === 1 && ids[0] === '*') return '*';
    (out[p.type] ??= []).push(...ids);
  }
  return out;
}

function conditionsOf(list: Value[]): Value {
  const out: { [test: string]: { [variable: string]: Value[] } } = {};
  for (const item of list) {
    const c = fields(item);
    if (!c || typeof c.test !== 'string' || typeof c.variable !== 'string') return unknown('conditions known after apply');
    ((out[c.test] ??= {})[c.variable] ??= []).push(...(Array.isArray(c.values) ? c.values : [c.values ?? null]));
  }
  return out;
}

