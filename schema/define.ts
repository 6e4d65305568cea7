import { z } from 'zod';

export const EffectClass = z.enum(['list', 'read', 'write', 'delete', 'execute', 'invoke', 'credential', 'permission', 'spend', 'send']);
export type EffectClass = z.infer<typeof EffectClass>;
export const EFFECT_CLASSES = EffectClass.options;
/** Effects that change, run or hand out something (model 4.6). */
export const PRIVILEGED: ReadonlySet<EffectClass> = new Set(['write', 'delete', 'execute', 'credential', 'permission', 'spend', 'send']);

export const EntryClass = z.enum(['E0', 'E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7', 'E8']);
export type EntryClass = z.infer<typeof EntryClass>;

export const NODE_KINDS = [
  'Endpoint', 'Agent', 'Tool', 'ToolServer', 'Compute', 'Identity', 'Policy', 'Credential', 'DataStore', 'Secret', 'Channel',
  'Artifact', 'Control', 'Pipeline', 'Repository', 'Scope', 'Network', 'Owner',
] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

export const EDGE_KINDS = [
  'HAS_POLICY', 'MEMBER_OF', 'RUNS_AS', 'IMPLEMENTED_BY', 'HAS_TOOL', 'PROVIDED_BY', 'ROUTES_TO', 'FEEDS', 'WRITES_TO', 'USES_CREDENTIAL',
  'AUTHENTICATES_AS', 'HOLDS', 'DELEGATES_TO', 'EXECUTES_IN', 'BUILT_FROM', 'DEPLOYS', 'CONTAINS', 'GUARDED_BY', 'ENCRYPTED_WITH',
  'ATTACHED_TO', 'OWNED_BY', 'IN_SCOPE', 'CAN', 'CAN_ASSUME', 'CAN_ESCALATE', 'REACHES',
] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

export interface KindDeclaration { kind: NodeKind; says: string; props: z.ZodObject }
export interface EdgeDeclaration { kind: EdgeKind; meaning: string; ends: readonly (readonly [from: readonly NodeKind[], to: readonly NodeKind[]])[]; derived: 'no' | 'yes' | 'both'; props: z.ZodObject }

/** Declares a node kind: one entry in its family file gives type, label, constraint, GraphQL type and reference row. */
export const defineKind = (kind: NodeKind, says: string, shape: z.ZodRawShape): KindDeclaration => ({ kind, says, props: z.object(shape).partial().loose() });

/** Declares an edge kind with the kinds it may join. */
export const defineEdge = (kind: EdgeKind, meaning: string, ends: EdgeDeclaration['ends'], shape: z.ZodRawShape = {}, derived: EdgeDeclaration['derived'] = 'no'): EdgeDeclaration => {
  if (ends.length === 0) throw new Error(`edge ${kind} joins nothing: give at least one [from, to] pair in schema/edges`);
  return { kind, meaning, ends, derived, props: z.object(shape).partial().loose() };
};

const strings = z.array(z.string());
/** Shapes used by several kinds. */
export const shapes = { strings, effects: z.array(EffectClass), entries: z.array(EntryClass), sets: z.array(z.array(z.number().int())).describe('places in evidence: sets of statements that are each enough; without all of them the step is gone') };
