import { type Shape, shapeOf } from '../../knowledge/actions/index.ts';
import type { NodeRecord } from '../../schema/index.ts';

/** Stands for a name that no policy spells out: only a wildcard covers it. */
export const SOMETHING = '\uF8FF';

/** One text on which a request about a thing may be made: the thing itself, or something below it (an object in a bucket). */
export interface Target { text: string; shape: Shape }

/** Holes as one character each, so that fields and published forms can be found. */
export const withoutHoles = (arn: string): string => (arn.includes('\uE000') ? arn.replace(/\uE000[^\uE001]*\uE001/g, '\uE002') : arn);

/** ARN of a node in the form that requests use; undefined when it has none. */
export function arnOf(node: NodeRecord): string | undefined {
  const arn = node.props.arn;
  if (typeof arn !== 'string' || !arn.startsWith('arn:')) return undefined;
  if (arn.includes(':logs:') && arn.endsWith(':*')) return arn.slice(0, -2);
  if (arn.includes(':execute-api:')) return executeApi(arn);
  return arn;
}

/** `<api>/<stage>/<method>/<path>`: what the ARN of an API leaves out may be anything. */
function executeApi(arn: string): string {
  const parts = withoutHoles(arn).split(':').slice(5).join(':').split('/').length;
  return arn + `/${SOMETHING}`.repeat(Math.max(0, 4 - parts));
}

/**
 * Texts on which requests about an ARN are made: itself, each published form below it with names that nobody spells out,
 * and the texts that some policy of the input spells out below it (`witnesses`).
 */
export function targetsOfArn(arn: string, witnesses: readonly string[] = []): Target[] {
  const shape = shapeOf(withoutHoles(arn));
  const out: Target[] = [];
  const add = (text: string, s: Shape | undefined): void => { if (s && !out.some((t) => t.text === text && t.shape === s)) out.push({ text, shape: s }); };
  add(arn, shape);
  for (const { tail, child } of shape ? tailsOf(shape) : []) add(arn + tail, child);
  // Policies write log groups with `:*`, and agents are invoked through an alias.
  if (shape?.form.endsWith(':log-group:${}')) add(`${arn}:${SOMETHING}`, shape);
  if (shape?.form.endsWith(':agent/${}') && shape.service === 'bedrock') {
    const alias = `${arn.replace(/:agent\/(?=[^/]*$)/, ':agent-alias/')}/${SOMETHING}`;
    add(alias, shapeOf(withoutHoles(alias)));
  }
  for (const w of witnesses) {
    const below = shapeOf(withoutHoles(w));
    add(w, (below === shape && isPart(arn, w)) || shape?.children.includes(below!) ? below : undefined);
  }
  return out;
}

const tails = new WeakMap<Shape, readonly { tail: string; child: Shape }[]>();

/** What stands behind the ARN of a thing in each form that lies below it. */
function tailsOf(shape: Shape): readonly { tail: string; child: Shape }[] {
  let list = tails.get(shape);
  if (!list) tails.set(shape, (list = shape.children.map((child) => ({ tail: child.form.slice(shape.form.length).replaceAll('${}', SOMETHING), child }))));
  return list;
}

/** Services whose names may hold a slash, so that `role/ops/deploy` is another thing beside `role/ops`. */
const SLASHED = /^arn:[^:]*:(?:iam|ssm|secretsmanager|ecr|logs|kms|iot):/;
/** Of texts of the same form, the parts of a thing: behind a colon, or behind a slash that no name holds, as the indexes of a search domain. */
const isPart = (arn: string, text: string): boolean => text[arn.length] === ':' || !SLASHED.test(arn);

/** A text that a pattern covers and that no other pattern spells out. */
export const witnessOf = (pattern: string): string => pattern.replace(/[*?]+/g, SOMETHING);

/**
 * Which resource patterns reach below which ARNs: `arn:aws:s3:::acme-*⁄reports⁄*` (written with plain slashes) below every bucket that fits.
 * Patterns with variables or holes decide nothing here.
 */
export function witnessesBelow(arns: readonly string[], patterns: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const known = new Set(arns);
  const buckets = arns.filter((a) => a.startsWith('arn:') && a.includes(':s3:::') && !a.includes('/'));
  const out = new Map<string, string[]>();
  const add = (arn: string, text: string): void => {
    const list = out.get(arn);
    if (!list) out.set(arn, [text]);
    else if (!list.includes(text)) list.push(text);
  };
  for (const p of patterns) {
    if (p.includes('${') || p.length < 12 || !p.startsWith('arn:')) continue;
    const resource = fifthColon(p);
    if (resource < 0) continue;
    for (let i = resource + 1; i < p.length; i++) {
      if ((p[i] === '/' || p[i] === ':') && known.has(p.slice(0, i)) && p.slice(i + 1) !== '*') add(p.slice(0, i), witnessOf(p));
    }
    const slash = p.indexOf('/', resource);
    if (p.includes(':s3:::') && slash > 0 && p.slice(slash) !== '/*' && /[*?]/.test(p.slice(0, slash))) {
      const bucket = new RegExp(`^${p.slice(0, slash).replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
      for (const b of buckets) if (bucket.test(b)) add(b, b + witnessOf(p.slice(slash)));
    }
  }
  for (const list of out.values()) list.sort();
  return out;
}

function fifthColon(p: string): number {
  let at = -1;
  for (let n = 0; n < 5; n++) if ((at = p.indexOf(':', at + 1)) < 0) return -1;
  return p.includes('\uE000') ? -1 : at;
}
