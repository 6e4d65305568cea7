import { describe, expect, test } from 'vitest';
import { actionInfo } from '../../knowledge/actions/index.ts';
import { TECHNIQUES, THINGS } from '../../knowledge/techniques/index.ts';
import { compileAccess } from '../../queries/policy/index.ts';
import { deriveCanAssume } from '../../queries/derive/can-assume.ts';
import { deriveCanEscalate } from '../../queries/derive/can-escalate.ts';
import type { EdgeRecord, Technique } from '../../schema/index.ts';
import { Account } from './account.ts';
import { stage } from './stage.ts';
import { THING_SOURCE } from './things.ts';

function fired(a: Account, t: Technique): EdgeRecord[] {
  const stored = a.snapshot();
  const access = compileAccess(stored);
  const assume = deriveCanAssume(stored, access);
  const snapshot = stored.with(assume);
  const from = snapshot.ofKind('Identity').find((n) => n.name === 'actor')!;
  return deriveCanEscalate(snapshot, access, assume).filter((e) => e.from === from.id && e.props['technique'] === t.id && e.verdict !== 'unknown');
}

const asksFor = (t: Technique): string[] => [...Object.values(t.bind).map((b) => b.is), ...t.needs.map((n) => String(n['exists']))];
const fires = [...TECHNIQUES.values()].filter((t) => t.gives.assume === undefined);

describe('techniques as data', () => {
  test('every action is a published one', () => {
    const wrong = [...TECHNIQUES.values()].flatMap((t) => t.permissions.filter((p) => !actionInfo(p.action)).map((p) => `${t.id}: ${p.action}`));
    expect(wrong).toEqual([]);
  });

  test.each(Object.keys(THING_SOURCE))('%s: the inventory holds it', (thing) => {
    const a = new Account();
    THING_SOURCE[thing]!(a, 'it', undefined);
    expect(a.snapshot().nodes.some((n) => THINGS[thing]!.types.includes(n.type))).toBe(true);
  });

  test('every thing that a technique binds is shown as code here', () => {
    const bound = [...TECHNIQUES.values()].flatMap(asksFor).filter((is) => is in THINGS);
    expect(bound.filter((is) => !(is in THING_SOURCE))).toEqual([]);
  });
});

describe.each(fires.map((t) => [t.id, t] as const))('%s', (_id, t) => {
  test('fires where everything it needs is there', () => {
    const edges = fired(stage(t), t);
    expect(edges.length).toBeGreaterThan(0);
    expect(edges[0]!.evidence.some((e) => e.source?.file === 'main.tf')).toBe(true);
  });

  test.each(t.nearMiss.map((m) => [JSON.stringify(m), m] as const))('is silent with one fact changed: %s', (_name, m) => {
    expect(fired(stage(t, m), t)).toEqual([]);
  });
});
