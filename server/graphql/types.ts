import {
  AccessRow, AccessStatus, AgentRow, AttackPath, BlastRadius, CoverageEntry, EffectClass, EntryClass, EscalationStep, Evidence, FactKind, Finding, Fix, GoalKind, Holder, Hop, NodeRef, PathChange, PostureRow,
  PrincipalRow, Problem, RadiusDelta, RuleStatus, Run, Score, ScoreFactor, Sensitivity, Severity, SourceRef, StartClass, ToolOf, ToolRow, Undecided, Verdict, WhyNot, Completeness, Environment, GapCell, GapRow, IntentReview, Known, OwnerRow,
} from '../../schema/index.ts';
import { ModuleCall } from '../../schema/source-ref.ts';
import { TypeBook } from './from-zod.ts';

/** The names of the API, once. Everything else about these types is their declaration in schema/. */
export const types = (): TypeBook => {
  const book = new TypeBook();
  const named = {
    AccessRow, AccessStatus, AgentRow, AttackPath, BlastRadius, CoverageEntry, EffectClass, EntryClass, EscalationStep, Evidence, FactKind, Finding, Fix, GoalKind, Holder, Hop, ModuleCall, NodeRef, PathChange, PostureRow,
    PrincipalRow, Problem, RadiusDelta, RuleStatus, Run, Score, ScoreFactor, Sensitivity, Severity, SourceRef, StartClass, ToolOf, ToolRow, Undecided, Verdict, WhyNot, Completeness, Environment, GapCell, GapRow, IntentReview, Known, OwnerRow,
  };
  const rename: Record<string, string> = { AgentRow: 'Agent', PrincipalRow: 'Principal', ToolRow: 'AgentTool', CoverageEntry: 'Coverage', RuleStatus: 'Rule', PostureRow: 'Posture' };
  for (const [name, schema] of Object.entries(named)) book.name(schema, rename[name] ?? name);
  return book;
};
