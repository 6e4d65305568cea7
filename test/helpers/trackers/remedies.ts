import { openStore } from '../../../graph/store/open.ts';
import type { GraphStore } from '../../../graph/store/port.ts';
import type { Remedies } from '../../../server/service/remedies.ts';
import type { TicketOptions } from '../../../server/service/tickets.ts';
import { CHAT } from '../../review/chat.ts';
import { analyzeText } from '../analyze.ts';

const result = await analyzeText({ 'main.tf': CHAT });

/** A plan of n fixes, each for the finding that the estate really has. */
export function remediesOf(n: number): Remedies {
  const finding = result.findings[0]!;
  const findings = Array.from({ length: n }, (_, i) => ({ ...finding, fingerprint: `f${i}` }));
  const fixes = findings.map((f, i) => ({
    id: `fix${String(i).padStart(3, '0')}`, op: 'narrow' as const, what: 'CAN', text: `change number ${i}`, node: finding.subject, edit: { kind: 'auth' as const, endpoint: `e${i}`, from: 'none', to: 'aws-iam' },
    rules: finding.rules, closes: [f.fingerprint], weakens: [], adds: [f.fingerprint], mightBreak: [],
  }));
  return { plan: { fixes, alternatives: [], remaining: [], closedTogether: [], runs: 1, truncated: false }, findings, patched: new Map(), coverage: result.coverage, scope: 'acme', files: new Set(['main.tf']) };
}

export const withoutFixes = (r: Remedies): Remedies => ({ ...r, plan: { ...r.plan, fixes: [] } });

export const FIRST = new Date('2026-06-01T00:00:00Z');
/** Options over a store of its own. */
export async function ticketOptions(more: Partial<TicketOptions> = {}): Promise<TicketOptions & { store: GraphStore }> {
  const store = await openStore(':memory:');
  return { today: FIRST, now: () => FIRST, wait: (ms) => new Promise((ok) => { setTimeout(ok, ms / 10); }), linkBase: '', labels: ['overreach'], dryRun: false, ledger: store.ledger, place: 'here', store, ...more };
}
