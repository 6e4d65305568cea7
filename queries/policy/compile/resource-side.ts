import type { Statement } from '../../../schema/index.ts';
import { conditionsHold, type Keys } from '../conditions/evaluate.ts';
import type { PolicyDocument } from '../document.ts';
import type { PolicyEstate } from '../estate.ts';
import { type Principal, principalNamed } from '../principal.ts';
import { resourceFits } from '../statement.ts';
import type { Truth } from '../truth.ts';
import type { Group } from './groups.ts';
import type { Planes } from './planes.ts';
import { masks } from './masks.ts';
import { ceilingOf, compile, isStatic, nextOp, type Op, type Parts, unreadOps } from './program.ts';
import { runOp } from './run.ts';
import { hasRow, ofRows } from './select.ts';

interface Entry { row: number; statement: Statement; id: number }

/** The policies on the things of one group, indexed by whom they name, so that a principal only meets those that may concern it. */
export interface ResourceSide {
  /** Same for everyone. */
  everyone: readonly Op[];
  byName: ReadonlyMap<string, readonly Entry[]>;
  /** Named in a way that has to be looked at for each principal. */
  others: readonly Entry[];
  all: readonly Entry[];
  /** Bits of rows that leave the decision to identity policies because no policy of the resource was read or written. */
  delegates: readonly number[];
}

export interface ResourcePlanes { self: Planes; role: Planes; account: Planes; deny: Planes }

const sides = new WeakMap<Group, ResourceSide | null>();

export function resourceSide(estate: PolicyEstate, g: Group): ResourceSide | null {
  let side = sides.get(g);
  if (side === undefined) sides.set(g, (side = build(estate, g)));
  return side;
}

function build(estate: PolicyEstate, g: Group): ResourceSide | null {
  const everyone: Op[] = [];
  const byName = new Map<string, Entry[]>();
  const others: Entry[] = [];
  const all: Entry[] = [];
  const delegates: number[] = [];
  const agrees = g.agreeBits.some((w) => w !== 0);
  g.nodes.forEach((node, row) => {
    const docs = estate.attached(node.id, 'resource');
    if (docs.length === 0 && agrees) delegates.push(row);
    for (const d of docs) entriesOf(d, row);
  });
  return everyone.length + all.length + delegates.length === 0 ? null : { everyone, byName, others, all, delegates };

  function entriesOf(d: PolicyDocument, row: number): void {
    if (d.failed) {
      for (const op of unreadOps(g, nextOp())) everyone.push({ ...op, rows: ofRows([row]) });
      return;
    }
    for (const statement of d.statements) {
      if (!masks(statement, g)) continue;
      const names = principalNames(statement);
      if (names === 'everyone' && isStatic(statement)) {
        const parts: Parts = { fixed: [], asked: [] };
        compile(statement, g, true, parts);
        for (const op of parts.fixed) everyone.push(...onRow(op, row));
        continue;
      }
      const entry = { row, statement, id: nextOp() };
      all.push(entry);
      if (typeof names === 'string') others.push(entry);
      else for (const n of names) {
        const list = byName.get(n);
        if (list) list.push(entry);
        else byName.set(n, [entry]);
      }
    }
  }
}

function onRow(op: Op, row: number): Op[] {
  if (op.rows.maybe.includes(row)) return [{ ...op, rows: ofRows([], [row]) }];
  return hasRow(op.rows, row) ? [{ ...op, rows: ofRows([row]) }] : [];
}

/** Keys under which a user or role of ours is found: its ARN, its account; `everyone`; or `look` where neither is plain. */
function principalNames(s: Statement): string[] | 'everyone' | 'look' {
  if (!s.principals) return 'look';
  const names: string[] = [];
  for (const [type, values] of Object.entries(s.principals)) {
    if (type === 'Service' || type === 'Federated') continue;
    for (const v of values) {
      if (type === '*' || (type === 'AWS' && v === '*')) return 'everyone';
      if (type !== 'AWS' || v.includes('\uE000') || v.includes(':sts:')) return 'look';
      const root = /^(?:arn:[^:]*:iam::)?(\d{12})(?::root)?$/.exec(v);
      if (!root && !v.startsWith('arn:')) return 'look';
      names.push(root ? root[1]! : v);
    }
  }
  return names;
}

/** Puts what the resource policies say about a principal into planes, by how they name it. */
export function runResourceSide(side: ResourceSide, g: Group, p: Principal, bounded: boolean, keysAt: (row: number) => Keys, planes: ResourcePlanes, signature: Int32Array): void {
  for (const op of side.everyone) runOp(op, g, op.deny ? planes.deny : planes.self, signature);
  for (const row of side.delegates) for (let k = 0; k < g.words; k++) planes.account.level(3)[row * g.words + k]! |= g.agreeBits[k]!;
  const plain = !p.arn.includes('\uE000') && !p.account.includes('\uE000') && p.arn !== '' && !p.pathUnknown;
  for (const e of plain ? side.others : side.all) entry(e, g, p, bounded, keysAt, planes, signature);
  if (!plain) return;
  // A statement that names both is met twice, which changes nothing.
  for (const e of side.byName.get(p.arn) ?? []) entry(e, g, p, bounded, keysAt, planes, signature);
  for (const e of side.byName.get(p.account) ?? []) entry(e, g, p, bounded, keysAt, planes, signature);
}

function entry(e: Entry, g: Group, p: Principal, bounded: boolean, keysAt: (row: number) => Keys, planes: ResourcePlanes, signature: Int32Array): void {
  const { statement: s, row, id } = e;
  const named = principalNamed(s, p, bounded);
  if (named.self.v + named.role.v + named.account.v === 0) return;
  const keys = keysAt(row);
  const fit = Math.min(ceilingOf(s), resourceFits(s, g.texts[row]!, keys, true).v);
  if (fit === 0) return;
  const held = Math.min(fit, conditionsHold(s.conditions, keys).v);
  if (held === 0) return;
  const m = masks(s, g)!;
  for (const strength of ['self', 'role', 'account'] as const) {
    const level = Math.min(held, named[strength].v) as Truth;
    if (level > 0) runOp({ rows: ofRows([row]), ...m, level, deny: s.effect === 'Deny', id }, g, s.effect === 'Deny' ? planes.deny : planes[strength], signature);
  }
}
