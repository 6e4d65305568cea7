type Labels = Record<string, string>;
interface Family { kind: 'counter' | 'gauge' | 'histogram'; help: string; values: Map<string, number> }

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const text = (v: string): string => v.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
const key = (l: Labels): string => Object.keys(l).length === 0 ? '' : `{${Object.entries(l).map(([k, v]) => `${k}="${text(v)}"`).join(',')}}`;

/** Counters, gauges and one set of histogram buckets, written in the Prometheus text format 0.0.4. Labels must come from small fixed sets. */
export class Metrics {
  readonly #families = new Map<string, Family>();

  #family(name: string, kind: Family['kind'], help: string): Family {
    let f = this.#families.get(name);
    if (!f) this.#families.set(name, (f = { kind, help, values: new Map() }));
    return f;
  }

  count(name: string, help: string, labels: Labels = {}, by = 1): void {
    const { values } = this.#family(name, 'counter', help);
    values.set(key(labels), (values.get(key(labels)) ?? 0) + by);
  }

  set(name: string, help: string, value: number, labels: Labels = {}): void { this.#family(name, 'gauge', help).values.set(key(labels), value); }

  seconds(name: string, help: string, value: number, labels: Labels = {}): void {
    const { values } = this.#family(name, 'histogram', help);
    const add = (k: string, by: number): void => { values.set(k, (values.get(k) ?? 0) + by); };
    for (const le of BUCKETS) add(`_bucket${key({ ...labels, le: String(le) })}`, value <= le ? 1 : 0);
    add(`_bucket${key({ ...labels, le: '+Inf' })}`, 1);
    add(`_sum${key(labels)}`, value);
    add(`_count${key(labels)}`, 1);
  }

  print(): string {
    const out: string[] = [];
    for (const [name, f] of [...this.#families].sort(([a], [b]) => (a < b ? -1 : 1))) {
      out.push(`# HELP ${name} ${f.help}`, `# TYPE ${name} ${f.kind}`);
      for (const [k, v] of f.values) out.push(`${name}${k} ${v}`);
    }
    return out.join('\n') + '\n';
  }
}
