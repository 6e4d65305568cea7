import { type Drift, type EdgeRecord, type Evidence, type Known, type Statement } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import { isCode } from '../findings/drift.ts';
import { statementText } from '../policy/document.ts';

interface Origin { code: boolean; live: boolean }
const LIVE = new Set(['aws-dump', 'terraform-state']);

/** Which statements stand in the code, and which are in force: what the input holds of the two sides decides whether a missing one means anything. */
export class Origins {
  readonly #estate: Estate;
  readonly #code: boolean;
  readonly #live: boolean;
  readonly #byHolder = new Map<string, ReadonlyMap<string, Origin>>();

  constructor(estate: Estate) {
    this.#estate = estate;
    this.#code = estate.snapshot.nodes.some(isCode);
    this.#live = estate.snapshot.ofKind('Identity').some((n) => n.state === 'live') || estate.snapshot.ofKind('Policy').some((n) => n.state === 'live');
  }

  /** Of the statements that give an identity an effect on an asset. Enough that one of them is there. */
  of(identity: string, asset: string, statements: readonly Evidence[]): { inCode: Known; live: Known } {
    const found = statements.map((e) => this.#holders(identity, asset).map((h) => this.#statements(h).get(e.text ?? '')).find((o) => o !== undefined) ?? bySource(e));
    const says = (side: keyof Origin, read: boolean): Known => (found.some((o) => o[side]) ? 'yes' : read && found.length > 0 ? 'no' : 'unknown');
    return { inCode: says('code', this.#code), live: says('live', this.#live) };
  }

  #holders(identity: string, asset: string): string[] {
    return [identity, ...this.#estate.snapshot.out(identity, 'MEMBER_OF').map((e) => e.to), asset];
  }

  #statements(holder: string): ReadonlyMap<string, Origin> {
    let map = this.#byHolder.get(holder);
    if (!map) this.#byHolder.set(holder, (map = this.#read(holder)));
    return map;
  }

  #read(holder: string): Map<string, Origin> {
    const out = new Map<string, Origin>();
    for (const e of this.#estate.snapshot.out(holder, 'HAS_POLICY')) {
      const p = this.#estate.snapshot.node(e.to);
      if (!p) continue;
      const attached = attachment(e);
      const own = (p.props['statements'] as Statement[] | undefined) ?? [];
      const drift = (p.props['drift'] as Drift[] | undefined)?.find((d) => d.field === 'statements');
      const written = new Set(drift ? (drift.code as Statement[]).map(statementText) : p.props['declared'] === true ? own.map(statementText) : []);
      for (const s of own) {
        const text = statementText(s);
        const here: Origin = p.props['managedBy'] === 'provider' ? attached : p.state === 'live' ? { live: true, code: written.has(text) } : { code: true, live: false };
        const before = out.get(`${p.name}: ${text}`);
        out.set(`${p.name}: ${text}`, before ? { code: before.code || here.code, live: before.live || here.live } : here);
      }
    }
    return out;
  }
}

const attachment = (e: EdgeRecord): Origin => e.evidence.map(bySource).reduce((a, b) => ({ code: a.code || b.code, live: a.live || b.live }), { code: false, live: false });
const bySource = (e: Evidence): Origin => ({ live: e.source !== undefined && LIVE.has(e.source.source), code: e.source !== undefined && !LIVE.has(e.source.source) });
