/** What the scorer of the accuracy kit reads (its schema/findings.schema.json). */
export interface KeyNode { type: string; name?: string; address?: string; file?: string; isAdmin?: boolean }

export interface KeyFinding {
  kind: string;
  source?: KeyNode;
  target?: KeyNode;
  via?: KeyNode[];
  technique?: { ids: string[]; permissions?: string[] };
  chain?: string[];
  targetSensitivity?: string;
  relation?: string;
  value?: unknown;
  rule?: string;
  internetExposed?: boolean;
  authentication?: string;
  index?: number;
  decision?: string;
  iac?: { file?: string; line?: number; address?: string }[];
  severity?: string;
}

export interface CaseResult { status: 'ok' | 'error'; errors: { file: string; message: string }[]; nodes?: KeyNode[]; findings: KeyFinding[] }

export interface FindingsFile { findingsVersion: '1.0'; catalogue: { id: string; ids: string[]; permissions: string[] }[]; cases: Record<string, CaseResult> }

/** One entry of RUN/runs.json. */
export interface RunCase { id: string; inputKind: string; input: string[]; inputVars?: Record<string, unknown>; optionalModules?: string[]; root?: string; dir: string }
