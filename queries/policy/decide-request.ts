import { type ActionInfo, actionInfo, formOf, shapeOf } from '../../knowledge/actions/index.ts';
import type { NodeRecord, Statement } from '../../schema/index.ts';
import type { Combined, Said } from './combine.ts';
import { decideOne, decisionOf, questionOf } from './decide.ts';
import { ownVariables } from './context.ts';
import type { PolicyDocument } from './document.ts';
import type { IdentityLayers, PolicyEstate } from './estate.ts';
import { spelledOut } from './match/index.ts';
import { arnOf, SOMETHING, targetsOfArn, withoutHoles, witnessesBelow, witnessOf } from './targets.ts';
import type { Decision, Request } from './types.ts';

/**
 * One request. Two readings make it fit for questions about things:
 * a `target` with its own ARN (or `*`) means the thing and what lies below it, so `s3:GetObject` on a bucket means some object in it;
 * `*` without target means some resource of the kind the action works on, such as a function that does not exist yet.
 * In both the best answer counts. Any other text is taken as it stands.
 */
export function decideRequest(estate: PolicyEstate, r: Request): Decision {
  const q = questionOf(estate, r);
  const texts = textsOf(r, q.identity);
  let best: Combined | undefined;
  const said = new Map<Statement | PolicyDocument, Said>();
  for (const resource of texts) {
    const c = decideOne(estate, { ...q, resource });
    if (!best || c.held.v > best.held.v || (c.held.v === best.held.v && c.held.v > 0 && c.held.why.length < best.held.why.length)) best = c;
    if (r.every && c.held.v > 0) for (const s of c.said) if (!said.has(s.statement ?? s.document)) said.set(s.statement ?? s.document, s);
    if (best.held.v === 3 && !r.every) break;
  }
  return decisionOf(said.size > 0 ? { ...best!, said: [...said.values()] } : best!);
}

function textsOf(r: Request, caller: IdentityLayers): readonly string[] {
  const arn = r.target ? arnOf(r.target) : undefined;
  if (r.target && arn !== undefined && (r.resource === '*' || r.resource === arn || r.resource === r.target.props.arn)) return textsOn(caller, r.action, r.target);
  const info = actionInfo(r.action);
  return r.resource !== '*' || !info || info.resources.length === 0 ? [r.resource] : textsOfAny(info, caller);
}

/** The texts of a thing that an action is decided on, for one caller: itself, what lies below it, and what the caller's patterns name there. A thing without ARN has none. */
export function textsOn(caller: IdentityLayers, action: string, target: NodeRecord): readonly string[] {
  const arn = arnOf(target);
  if (arn === undefined) return [];
  const below = patternsBelow(arn, witnessesOf(caller).patterns);
  return below.length === 0 ? textsAlone(target, arn, action) : fitting(arn, actionInfo(action), witnessesBelow([arn], below).get(arn));
}

/** Some resource of each kind that the action works on: one that nobody spells out, and those that the caller's patterns do. */
function textsOfAny(info: ActionInfo, caller: IdentityLayers): readonly string[] {
  const mine = witnessesOf(caller);
  let found = mine.ofAny.get(info);
  if (found) return found;
  const { partition, account, witnesses } = (mine.texts ??= coveredBy(caller, mine.patterns));
  const { forms, names } = kindsOf(info, partition, account);
  const texts = new Set(names);
  for (const w of witnesses) if (forms.has(w.form)) texts.add(w.text);
  mine.ofAny.set(info, (found = [...texts]));
  return found;
}

/** The forms of what an action works on, and one of each that nobody spells out, in a partition and account. */
interface Kinds { forms: ReadonlySet<string>; names: readonly string[] }
const kinds = new WeakMap<ActionInfo, Map<string, Kinds>>();

function kindsOf(info: ActionInfo, partition: string, account: string): Kinds {
  let byPlace = kinds.get(info);
  if (!byPlace) kinds.set(info, (byPlace = new Map()));
  const place = `${partition} ${account}`;
  let found = byPlace.get(place);
  if (!found) {
    const names = info.resources.map(({ type }) => type.arn.replace('${Partition}', partition).replace('${Account}', account).replace(/\$\{[^}]*\}/g, SOMETHING));
    byPlace.set(place, (found = { forms: new Set(info.resources.map((x) => formOf(x.type.arn))), names: info.resources.every((x) => !x.required) ? ['*', ...names] : names }));
  }
  return found;
}

function fitting(arn: string, info: ActionInfo | undefined, witnesses?: readonly string[]): readonly string[] {
  const targets = info && info.resources.length > 0 ? targetsOfArn(arn, witnesses).filter((t) => t.shape.actions.includes(info)) : [];
  if (targets.length > 0) return [...new Set(targets.map((t) => t.text))];
  return info && info.resources.length === 0 ? ['*'] : [arn];
}

const alone = new WeakMap<NodeRecord, Map<string, readonly string[]>>();

/** The texts on a thing below which the caller names nothing: the same for all such callers. */
function textsAlone(target: NodeRecord, arn: string, action: string): readonly string[] {
  let byAction = alone.get(target);
  if (!byAction) alone.set(target, (byAction = new Map()));
  let texts = byAction.get(action);
  if (!texts) byAction.set(action, (texts = fitting(arn, actionInfo(action))));
  return texts;
}

/** What the patterns of a caller cover: worked out when some action is asked of anything. */
interface Witnesses { patterns: readonly string[]; ofAny: Map<ActionInfo, readonly string[]>; texts?: Covered }
/** One text for each pattern, of a published form in the caller's own partition and account. */
interface Covered { partition: string; account: string; witnesses: readonly { text: string; form: string }[] }
const known = new WeakMap<IdentityLayers, Witnesses>();

function witnessesOf(caller: IdentityLayers): Witnesses {
  let found = known.get(caller);
  if (!found) known.set(caller, (found = { patterns: [...allowPatterns(caller)], ofAny: new Map() }));
  return found;
}

function coveredBy({ principal }: IdentityLayers, patterns: readonly string[]): Covered {
  const partition = principal.arn.split(':')[1] || 'aws';
  const witnesses: { text: string; form: string }[] = [];
  const variables = ownVariables(principal);
  for (const pattern of patterns) {
    const p = pattern.startsWith('arn:') ? spelledOut(pattern, variables) : undefined;
    if (p === undefined) continue;
    const text = completed(witnessOf(p), partition, principal.account);
    const shape = shapeOf(withoutHoles(text));
    if (shape) witnesses.push({ text, form: shape.form });
  }
  return { partition, account: principal.account, witnesses };
}

/** Only a bucket may be reached below by a pattern that does not begin with it. */
const patternsBelow = (arn: string, patterns: readonly string[]): readonly string[] => (arn.includes(':s3:::') ? patterns : patterns.filter((p) => p.length > arn.length && p.startsWith(arn)));

/** A witness takes the partition and account of the caller where the pattern leaves them open. */
function completed(text: string, partition: string, account: string): string {
  const parts = text.split(':');
  if (text.includes('\uE000') || parts.length < 6) return text;
  if (parts[1] === SOMETHING) parts[1] = partition;
  if (parts[4]?.includes(SOMETHING)) parts[4] = account;
  return parts.join(':');
}

function* allowPatterns(caller: IdentityLayers): Generator<string> {
  const seen = new Set<string>();
  for (const docs of [caller.identity, caller.boundary ?? []]) for (const d of docs) for (const s of d.statements) if (s.effect === 'Allow') for (const p of s.resources ?? []) if (!seen.has(p)) { seen.add(p); yield p; }
}
