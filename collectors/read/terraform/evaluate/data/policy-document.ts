import { ANY, type Box, box, Dict, Handle, LIST, List, placed, Undecided, undecided } from '../box.ts';
import { show } from '../inspect.ts';
import { toText } from '../convert.ts';
import { documentOf } from '../functions/json.ts';

const VERSION = '2012-10-17';

/** The JSON document of an `aws_iam_policy_document` block, as the provider builds it; each part keeps its place. */
export function policyDocument(body: ReadonlyMap<string, Box>): Box {
  const version = given(body, 'version') ?? box(VERSION);
  const statements: Box[] = [];
  for (const source of listOf(body.get('source_policy_documents'))) merge(statements, statementsOf(source));
  for (const older of ['source_json']) if (given(body, older)) merge(statements, statementsOf(body.get(older)!));
  merge(statements, listOf(body.get('statement')).map((s) => statement(s, show(version))));
  for (const override of [...listOf(body.get('override_policy_documents')), ...(given(body, 'override_json') ? [body.get('override_json')!] : [])]) merge(statements, statementsOf(override));
  const entries = new Map<string, Box>([['Version', version]]);
  const id = given(body, 'policy_id');
  if (id) entries.set('Id', id);
  entries.set('Statement', box(new List(statements)));
  return box(new Dict(entries));
}

/** A statement with the `Sid` of an earlier one takes its place; all others follow. */
function merge(into: Box[], more: readonly Box[]): void {
  for (const s of more) {
    const sid = sidOf(s);
    const at = sid ? into.findIndex((other) => sidOf(other) === sid) : -1;
    if (at >= 0) into[at] = s;
    else into.push(s);
  }
}

function sidOf(s: Box): string | undefined {
  const sid = s.data instanceof Dict ? s.data.entries.get('Sid')?.data : undefined;
  return typeof sid === 'string' ? sid : undefined;
}

/** Statements of another document; one undecided statement when its text is not known. */
function statementsOf(source: Box): Box[] {
  const document = documentOf(source);
  const list = document?.data instanceof Dict ? document.data.entries.get('Statement') : undefined;
  if (list?.data instanceof List) return [...list.data.items];
  if (list?.data instanceof Dict) return [list];
  return source.data === '' || source.data === null ? [] : [box(undecided(`statements of ${show(source)}`, { kind: 'map', of: ANY }), source.at)];
}

function statement(block: Box, version: string): Box {
  if (!(block.data instanceof Dict)) return block;
  const body = block.data.entries;
  const out = new Map<string, Box>();
  const sid = given(body, 'sid');
  if (sid && sid.data !== '') out.set('Sid', sid);
  out.set('Effect', given(body, 'effect') ?? box('Allow', block.at));
  const set = (name: string, value: Box | undefined): void => { if (value) out.set(name, value); };
  set('Principal', principals(listOf(body.get('principals'))));
  set('NotPrincipal', principals(listOf(body.get('not_principals'))));
  set('Action', oneOrMany(body.get('actions')));
  set('NotAction', oneOrMany(body.get('not_actions')));
  set('Resource', withVariables(oneOrMany(body.get('resources')), version));
  set('NotResource', withVariables(oneOrMany(body.get('not_resources')), version));
  set('Condition', conditions(listOf(body.get('condition')), version));
  return box(new Dict(out), block.at);
}

function principals(blocks: readonly Box[]): Box | undefined {
  const out = new Map<string, Box[]>();
  let at: Box['at'];
  for (const b of blocks) {
    if (!(b.data instanceof Dict)) return b;
    at ??= b.at;
    const type = b.data.entries.get('type');
    const identifiers = b.data.entries.get('identifiers');
    const list = identifiers?.data instanceof List ? identifiers.data.items : identifiers ? [identifiers] : [];
    const name = type ? toText(type) : 'AWS';
    out.set(name, [...(out.get(name) ?? []), ...list]);
  }
  if (!out.size) return undefined;
  const everyone = out.get('*');
  if (everyone && out.size === 1 && everyone.every((i) => i.data === '*')) return box('*', at);
  return box(new Dict(new Map([...out].map(([type, items]) => [type, items.length === 1 ? items[0]! : box(new List(items), at)]))), at);
}

function conditions(blocks: readonly Box[], version: string): Box | undefined {
  const out = new Map<string, Map<string, Box[]>>();
  for (const b of blocks) {
    if (!(b.data instanceof Dict)) return b;
    const field = (name: string): Box => (b.data as Dict).entries.get(name) ?? box(undecided(`condition ${name}`));
    const variables = out.get(toText(field('test'))) ?? new Map<string, Box[]>();
    out.set(toText(field('test')), variables);
    const values = withVariables(field('values'), version)!;
    const key = toText(field('variable'));
    variables.set(key, [...(variables.get(key) ?? []), ...(values.data instanceof List ? values.data.items : [values])]);
  }
  if (!out.size) return undefined;
  const at = blocks[0]!.at;
  return box(new Dict(new Map([...out].map(([test, variables]) => [test, box(new Dict(new Map([...variables].map(([k, v]) => [k, v.length === 1 ? v[0]! : box(new List(v), at)]))), at)]))), at);
}

const given = (body: ReadonlyMap<string, Box>, name: string): Box | undefined => {
  const b = body.get(name);
  return b && b.data !== null && b.data !== '' ? b : undefined;
};

function listOf(b: Box | undefined): readonly Box[] {
  if (!b || b.data === null) return [];
  return b.data instanceof List ? b.data.items : b.data instanceof Undecided || b.data instanceof Handle || typeof b.data === 'string' ? [b] : [];
}

/** Lists of one element are written as the element itself; empty ones not at all. */
function oneOrMany(b: Box | undefined): Box | undefined {
  if (!b || b.data === null) return undefined;
  if (!(b.data instanceof List)) return b.data instanceof Undecided && b.data.type.kind === 'any' ? { ...b, data: new Undecided(b.data.hole, LIST) } : b;
  if (b.data.items.length === 0) return undefined;
  return b.data.items.length === 1 ? placed(b.data.items[0]!, b.data.items[0]!.at ?? b.at) : b;
}

/** `&{aws:username}` is how the block writes a policy variable. */
function withVariables(b: Box | undefined, version: string): Box | undefined {
  if (!b || version !== VERSION) return b;
  if (typeof b.data === 'string') return b.data.includes('&{') ? { ...b, data: b.data.replaceAll('&{', '${') } : b;
  return b.data instanceof List ? { ...b, data: new List(b.data.items.map((i) => withVariables(i, version)!)) } : b;
}
