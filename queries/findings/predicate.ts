import type { ZodType } from 'zod';
import type { Evidence, NodeRecord, StartClass, Verdict } from '../../schema/index.ts';
import type { Estate } from '../attack/estate.ts';
import type { AttackQueries, Start } from '../attack/query.ts';
import type { Influence } from './influence.ts';
import type { Row } from './rows.ts';

/** What a predicate may look at. `agentFacts`: tier and other things derived per agent. */
export interface RuleInput {
  estate: Estate;
  attack: AttackQueries;
  /** All rows of the findings, and where they start. */
  rows: readonly Row[];
  starts: ReadonlyMap<StartClass, readonly Start[]>;
  agentFacts: ReadonlyMap<string, Record<string, unknown>>;
  influence: Influence;
  /** Answers to `walks` so far. */
  asked: Map<string, Row[]>;
  /** The estate of an earlier run, its ids brought to those of this one. */
  baseline?: Estate;
  now?: string;
}

/** One subject a rule speaks about. `facts` feed the `when` conditions of its severity; `passes`: findings that walk over these nodes carry the facet. */
export interface Match { node: NodeRecord; verdict: Verdict; requires: string[]; evidence: Evidence[]; detail: string; facts: Record<string, string | number | boolean>; passes?: readonly string[] }

/** `labels`: keys of rows that carry the facet, with what the predicate knows about each. `matches`: subjects, for posture rows. */
export interface Outcome { labels: Map<string, Record<string, string | number | boolean>>; matches: Match[] }

export interface Predicate { says: string; params: ZodType; run(params: never, input: RuleInput): Outcome }
export const predicate = <P>(says: string, params: ZodType<P>, run: (params: P, input: RuleInput) => Outcome): Predicate => ({ says, params, run: run as Predicate['run'] });

export const labelled = (keys: Iterable<string>): Outcome['labels'] => new Map([...keys].map((k) => [k, {}]));
export const nothing = (): Outcome => ({ labels: new Map(), matches: [] });
