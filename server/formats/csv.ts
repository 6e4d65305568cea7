import { showHoles } from '../../schema/index.ts';
import type { Format } from '../formats.ts';

/** RFC 4180, and a leading quote for cells a spreadsheet would run as a formula. */
const cell = (v: unknown): string => {
  const s = showHoles(String(v ?? ''));
  const safe = /^[=+\-@\t\r]/.test(s) ? `'${s}` : s;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

/** Rows of a table, the first one its heading. */
export const csv = (rows: readonly (readonly unknown[])[]): string => rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';

export const format: Format = {
  name: 'csv',
  says: 'one row per finding',
  render: (r) => csv([
    ['fingerprint', 'severity', 'score', 'verdict', 'start', 'subject', 'identity', 'asset', 'effect', 'rules', 'owner', 'file', 'line', 'state', 'requires'],
    ...r.findings.map((f) => [f.fingerprint, f.severity, f.score.value, f.verdict, f.startClass, f.subject.name, f.identity?.name, f.asset.name, f.effect, f.rules.join(' '), f.owner, f.subject.definedAt?.file, f.subject.definedAt?.startLine, f.state, f.requires.join('; ')]),
  ]),
};
