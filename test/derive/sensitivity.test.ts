import { describe, expect, test } from 'vitest';
import { deriveSensitivity, tokens } from '../../queries/derive/sensitivity/index.ts';
import { hole } from '../../schema/index.ts';
import { edge, graph, node } from './build.ts';

const levelOf = (name: string, props: Record<string, unknown> = {}, tags: Record<string, string> = {}): string => {
  const n = node('DataStore', name, { storeType: 'bucket', ...props }, { tags, sources: [] });
  return deriveSensitivity(graph([n])).get(n.id)!.level;
};

describe('words of a name', () => {
  test.each([
    ['acme-customer_exportsV2', ['acme', 'customer', 'exports', 'v2']],
    ['PaymentCardVault', ['payment', 'card', 'vault']],
    [`logs-${hole({ kind: 'unknown', key: 'var.customer' })}-x`, ['logs', 'x']],
  ])('%s', (name, expected) => expect(tokens(name)).toEqual(expected));
});

describe('levels', () => {
  test.each([
    ['acme-customer-exports', {}, {}, 'confidential'],
    ['payroll', {}, {}, 'restricted'],
    ['payroll-dev', {}, {}, 'confidential'],
    ['author-portraits', {}, {}, 'unknown'],
    ['userguide', {}, {}, 'unknown'],
    ['health-check-results', {}, {}, 'unknown'],
    ['acme-assets', {}, {}, 'public'],
    ['acme-blob', {}, {}, 'unknown'],
    ['acme-blob', {}, { 'Data-Classification': 'Highly Confidential' }, 'restricted'],
    ['acme-blob', {}, { contains_pii: 'true' }, 'restricted'],
    ['acme-blob', {}, { contains_pii: 'false' }, 'unknown'],
    ['customers', {}, { DataClassification: 'internal' }, 'internal'],
    ['things', { storeType: 'table' }, {}, 'confidential'],
    ['things-test', { storeType: 'table' }, {}, 'internal'],
    ['jobs', { storeType: 'queue' }, {}, 'internal'],
    ['acme-terraform-state', {}, {}, 'restricted'],
    ['things', { storeType: 'table', hints: ['card_number', 'iban'] }, {}, 'restricted'],
    ['site', { public: true, website: true }, {}, 'public'],
    ['blob', { public: true }, {}, 'unknown'],
  ])('%s %o %o is %s', (name, props, tags, expected) => expect(levelOf(name, props, tags as Record<string, string>)).toBe(expected));

  test('two words agree to 0.6, a default adds to it', () => {
    const n = node('DataStore', 'customer-orders', { storeType: 'table' }, { sources: [] });
    const r = deriveSensitivity(graph([n])).get(n.id)!;
    expect(r.level).toBe('confidential');
    expect(r.confidence).toBeCloseTo(1 - 0.4 * 0.6, 2);
    expect(r.decidedBy).toBe('signal');
  });

  test('a customer key lifts unknown to confidential, and nothing higher', () => {
    const bucket = node('DataStore', 'blob', { storeType: 'bucket' });
    const key = node('Secret', 'key', { secretType: 'encryption_key' });
    const r = deriveSensitivity(graph([bucket, key], [edge('ENCRYPTED_WITH', bucket, key)]));
    expect(r.get(bucket.id)!.level).toBe('confidential');
    expect(r.get(key.id)!.level).toBe('restricted');
  });

  test('a knowledge base inherits from what it ingests, transitively', () => {
    const source = node('DataStore', 'patient-records', { storeType: 'bucket' });
    const index = node('DataStore', 'vec', { storeType: 'vector_index' });
    const kb = node('DataStore', 'kb', { storeType: 'knowledge_base' });
    const plain = node('DataStore', 'other', { storeType: 'bucket' });
    const r = deriveSensitivity(graph([source, index, kb, plain], [edge('FEEDS', source, index, { mode: 'ingest' }), edge('FEEDS', index, kb, { mode: 'ingest' }), edge('FEEDS', source, plain, { mode: 'trigger' })]));
    expect(r.get(kb.id)!.level).toBe('restricted');
    expect(r.get(plain.id)!.level).toBe('unknown');
  });
});

describe('overrides', () => {
  const n = node('DataStore', 'customers', { storeType: 'table' }, { tags: { team: 'web' } });
  const level = (o: object[], now = '2026-11-01'): string => deriveSensitivity(graph([n]), { overrides: o as never, now }).get(n.id)!.level;
  test('raising needs nothing', () => expect(level([{ match: { tags: { team: 'web' } }, level: 'restricted' }])).toBe('restricted'));
  test('lowering needs reason and expiry', () => expect(level([{ match: { name: 'customers' }, level: 'public' }])).toBe('confidential'));
  test('lowering with both holds until it expires', () => {
    const o = [{ match: { name: 'cust*' }, level: 'internal', reason: 'synthetic', expires: '2027-01-01' }];
    expect(level(o)).toBe('internal');
    expect(level(o, '2027-01-01T23:59:00Z')).toBe('internal');
    expect(level(o, '2027-01-02T00:00:00Z')).toBe('confidential');
  });
  test('the more specific selector wins, whatever the order', () => {
    const o = [{ match: { name: 'customers' }, level: 'restricted' }, { match: { kind: 'DataStore' }, level: 'confidential' }];
    expect(level(o)).toBe('restricted');
  });
});
