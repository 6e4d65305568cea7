import type { Acceptance } from '../../graph/store/port.ts';
import { ignoresOf } from '../../queries/findings/config.ts';
import { decideStates } from '../../queries/findings/ignores.ts';
import type { Finding, PostureRow } from '../../schema/index.ts';
import type { Loaded } from './answers.ts';

type Mark = Finding['accepted'];
const same = (m: Mark, a: Acceptance | undefined): boolean => (m?.by === 'acceptance') === (a !== undefined) && (a === undefined || (m?.owner === a.owner && m.reason === a.reason && m.until === a.until));

/**
 * A stored result carries the acceptances of the day it was made. Those of today are laid over it by the rule that decided then;
 * rows whose acceptance is as it was stay the same objects, and no row changes its place.
 */
export function withAcceptances(loaded: Loaded, acceptances: readonly Acceptance[], now: string): Loaded {
  const live = new Map(acceptances.filter((a) => a.until === undefined || a.until >= now.slice(0, a.until.length)).map((a) => [a.fingerprint, a]));
  const findings = loaded.result.findings.filter((f) => !same(f.accepted, live.get(f.fingerprint)));
  const posture = loaded.result.posture.filter((p) => (p.state === 'accepted') !== live.has(p.fingerprint));
  if (findings.length === 0 && posture.length === 0) return loaded;
  const open = findings.map((f): Finding => { const { accepted: _, ...rest } = f; return { ...rest, state: 'open' }; });
  const decided = decideStates(open, posture.map((p): PostureRow => ({ ...p, state: 'open' })), ignoresOf(loaded.snapshot), acceptances, now);
  const anew = new Map(decided.findings.map((f) => [f.fingerprint, f]));
  const anewPosture = new Map(decided.posture.map((p) => [p.fingerprint, p]));
  return {
    ...loaded,
    result: {
      ...loaded.result,
      findings: loaded.result.findings.map((f) => anew.get(f.fingerprint) ?? f),
      posture: loaded.result.posture.map((p) => anewPosture.get(p.fingerprint) ?? p),
    },
  };
}
