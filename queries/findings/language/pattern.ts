import { EffectClass, EFFECT_CLASSES, FactKind, GoalKind, NODE_KINDS, PRIVILEGED, type NodeKind, type NodeRecord } from '../../../schema/index.ts';
import type { Estate } from '../../attack/estate.ts';
import type { FactPattern, FactVariant, Step } from '../../attack/query.ts';
import { isSensitive, tokens } from '../../derive/sensitivity/index.ts';
import { effectsOf } from '../weights.ts';

/**
 * The small language of rule files:
 * fact        `EFFECT(DataStore{sensitive}, [write, delete]; visible)` · `TOOL(Tool{toolClass: sql_generic|code_exec})` · `GOAL(admin)` · `INFLUENCE`
 * node        kinds joined by `|`, or `any`, or `sensitive` (DataStore or Secret of level confidential and above, or unknown); in braces: properties
 * property    `name: a|b`, `!name: a|b`, or one of the words `sensitive`, `prod`, `own`, `unrecoverable`, `openIssuer`, `privileged`
 * transition  `EXEC -> CRED`, `PRESENCE -> INFLUENCE`; gate `gate{approver: independent_human}`; way out of a context `leak-reply{rendersLinks}`
 */
export interface NodeTest { kinds: ReadonlySet<NodeKind> | undefined; props: readonly PropTest[] }
interface PropTest { name: string; values: readonly string[] | undefined; not: boolean }

export function parseNode(text: string): NodeTest {
  const m = /^\s*([A-Za-z|]+)\s*(?:\{([^}]*)\})?\s*$/.exec(text);
  if (!m) throw new Error(`cannot read node pattern “${text}”: write Kind{property: value}`);
  const props = (m[2] ?? '').split(',').map((p) => p.trim()).filter(Boolean).map(parseProp);
  if (m[1] === 'any') return { kinds: undefined, props };
  if (m[1] === 'sensitive') return { kinds: new Set<NodeKind>(['DataStore', 'Secret']), props: [...props, { name: 'sensitive', values: undefined, not: false }] };
  const kinds = m[1]!.split('|');
  for (const k of kinds) if (!(NODE_KINDS as readonly string[]).includes(k)) throw new Error(`“${k}” is no node kind (in “${text}”)`);
  return { kinds: new Set(kinds as NodeKind[]), props };
}

function parseProp(text: string): PropTest {
  const [name = '', values] = text.split(':').map((s) => s.trim());
  const not = name.startsWith('!');
  return { name: not ? name.slice(1) : name, values: values?.split('|').map((v) => v.trim()), not };
}

export function nodeTest(t: NodeTest, estate: Estate, facts?: ReadonlyMap<string, Record<string, unknown>>): (n: NodeRecord) => boolean {
  return (n) => (t.kinds === undefined || t.kinds.has(n.kind)) && t.props.every((p) => holds(p, n, estate, facts?.get(n.id)) !== p.not);
}

function holds(p: PropTest, n: NodeRecord, estate: Estate, facts?: Record<string, unknown>): boolean {
  if (p.values === undefined) {
    switch (p.name) {
      case 'sensitive': return isSensitive(estate.sensitivity.get(n.id));
      case 'prod': return n.environment !== 'nonprod';
      case 'own': return n.completeness !== 'none';
      case 'iacState': return tokens(n.name).includes('tfstate') || /terraform[^a-z]*state|tf[^a-z]*state/i.test(n.name);
      case 'openIssuer': { const d = (n.props['authDetail'] ?? {}) as { open?: boolean; selfSignup?: boolean }; return d.open === true || d.selfSignup === true; }
      case 'privileged': return privilegedTool(n, estate);
      case 'unrecoverable': return ((n.props['recovery'] as unknown[] | undefined) ?? []).length === 0;
      default: return n.props[p.name] === true;
    }
  }
  if (p.name === 'sensitivity') return p.values.includes(estate.sensitivity.get(n.id)?.level ?? 'unknown');
  const v = p.name === 'environment' ? n.environment : p.name === 'type' ? n.type : (facts?.[p.name] ?? n.props[p.name]);
  if (Array.isArray(v)) return v.some((x) => p.values!.includes(String(x)));
  return p.values.includes(v === undefined ? 'absent' : String(v));
}

/** A tool that may change, run or hand out something: by its contract, else by whom it runs as; where neither is known it may. */
function privilegedTool(n: NodeRecord, estate: Estate): boolean {
  const effects = n.props['effects'] as EffectClass[] | undefined;
  if (n.props['contract'] === 'declared' && effects) return effects.some((e) => PRIVILEGED.has(e));
  const runs = estate.snapshot.out(n.id, 'RUNS_AS');
  return runs.length === 0 || runs.some((e) => [...effectsOf(e.to, estate).keys()].some((x) => PRIVILEGED.has(x)));
}

const VARIANTS: Record<string, (v: FactVariant) => boolean> = {
  visible: (v) => v.visible === true, attacker: (v) => v.session === 'attacker', victim: (v) => v.session === 'victim', none: (v) => v.session === 'none',
  portable: (v) => v.position === 'portable', reply: (v) => v.reply === true, benign: (v) => v.benign === true,
};

export interface ParsedFact { fact: FactKind; node?: NodeTest; effects?: EffectClass[]; goals?: GoalKind[]; variants: string[] }

export function parseFact(text: string): ParsedFact {
  const m = /^\s*([A-Z]+)\s*(?:\((.*)\))?\s*$/s.exec(text);
  const fact = FactKind.safeParse(m?.[1]);
  if (!m || !fact.success) throw new Error(`cannot read fact pattern “${text}”: write FACT(node, classes; variants)`);
  const [main = '', after = ''] = (m[2] ?? '').split(';');
  const variants = after.split(',').map((v) => v.trim()).filter(Boolean);
  for (const v of variants) if (!VARIANTS[v]) throw new Error(`“${v}” is no variant (in “${text}”)`);
  const parts = splitArguments(main);
  const out: ParsedFact = { fact: fact.data, variants };
  if (fact.data === 'GOAL') {
    if (parts[0] !== undefined && parts[0] !== 'any') out.goals = words(parts[0]).map((w) => GoalKind.parse(w));
    if (parts[1] !== undefined) out.node = parseNode(parts[1]);
    return out;
  }
  if (parts[0] !== undefined) out.node = parseNode(parts[0]);
  if (parts[1] !== undefined && parts[1] !== 'any') out.effects = parts[1] === 'privileged' ? EFFECT_CLASSES.filter((c) => PRIVILEGED.has(c)) : words(parts[1]).map((w) => EffectClass.parse(w));
  return out;
}

const words = (s: string): string[] => s.replace(/^\[|\]$/g, '').split(',').map((w) => w.trim()).filter(Boolean);

/** Splits at commas outside brackets and braces. */
function splitArguments(s: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= s.length; i++) {
    const c = s[i];
    if (c === '{' || c === '[') depth++;
    if (c === '}' || c === ']') depth--;
    if ((c === ',' && depth === 0) || i === s.length) {
      const part = s.slice(start, i).trim();
      if (part !== '') out.push(part);
      start = i + 1;
    }
  }
  return out;
}

export function factPattern(text: string, estate: Estate): FactPattern {
  const p = parseFact(text);
  return {
    fact: p.fact,
    ...(p.node ? { nodes: nodeTest(p.node, estate) } : {}),
    ...(p.effects ? { effects: p.effects } : {}),
    ...(p.goals ? { goals: p.goals } : {}),
    ...(p.variants.length > 0 ? { variant: (v: FactVariant) => p.variants.every((name) => VARIANTS[name]!(v)) } : {}),
  };
}

/** Transition files by the fact they start from. */
const FILE: Record<string, string> = { PRESENCE: 'from-presence', CONTENT: 'from-content', INFLUENCE: 'from-influence', TOOL: 'from-tool', EFFECT: 'from-effect', EXEC: 'from-execution', CRED: 'from-credential', CONFIG: 'from-config' };

type ParsedStep = { kind: 'gate'; tests: PropTest[] } | { kind: 'leak'; what: string; tests: PropTest[] } | { kind: 'transition'; from: string; to: string } | { kind: 'fact' };

export function parseStep(text: string): ParsedStep {
  const gate = /^\s*gate\s*\{([^}]*)\}\s*$/.exec(text);
  if (gate) return { kind: 'gate', tests: gate[1]!.split(',').map(parseProp) };
  const leak = /^\s*leak-(reply|channel|recipient|egress)\s*(?:\{([^}]*)\})?\s*$/.exec(text);
  if (leak) return { kind: 'leak', what: leak[1]!, tests: (leak[2] ?? '').split(',').filter((t) => t.trim() !== '').map(parseProp) };
  const arrow = /^\s*([A-Z]+)\s*->\s*([A-Z]+)\s*$/.exec(text);
  if (arrow) return { kind: 'transition', from: FactKind.parse(arrow[1]), to: FactKind.parse(arrow[2]) };
  parseFact(text);
  return { kind: 'fact' };
}

/** A step of `mustPass` or `mustNotPass`: a fact, a transition, or a gate of some approver. */
export function step(text: string, estate: Estate): Step {
  const p = parseStep(text);
  if (p.kind === 'fact') return factPattern(text, estate);
  if (p.kind === 'transition') return { transition: `${FILE[p.from]}/*`, where: (t) => t.from?.fact === p.from && t.to?.fact === p.to };
  const fits = (n: NodeRecord | undefined): boolean => n !== undefined && p.tests.every((q) => holds(q, n, estate) !== q.not);
  if (p.kind === 'leak') return { transition: `from-influence/leak-${p.what}`, where: (t) => p.tests.length === 0 || t.edges.some((e) => fits(estate.snapshot.node(e.to))) };
  return { transition: ['from-influence/*', 'from-presence/*', 'from-start/mistake'], where: (t) => t.gates.some((id) => fits(estate.snapshot.node(id))) };
}
