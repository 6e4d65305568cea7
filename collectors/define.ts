import type { EdgeKind, Evidence, NodeKind, NodeRecord, Problem, RawResource, Resource, SourceRef, Value, Verdict } from '../schema/index.ts';

/** A file of the scanned folder, as discovery found it. `path` is relative, with forward slashes; `read` is bounded and stays inside the folder. */
export interface InputFile {
  path: string;
  absolute: string;
  size: number;
  /** Whole text, BOM removed. Throws a Problem-coded error when over `maxBytes` (default 20 MB) or not UTF-8. */
  text(maxBytes?: number): Promise<string>;
}

/** `applied` is `before` without what was changed since beside Terraform (`resource_drift`). */
export type PlanSide = 'before' | 'after' | 'applied';

export interface ReadOptions {
  /** Folder being scanned (absolute); nothing outside is opened. */
  base: string;
  variables: Record<string, string>;
  varFiles: string[];
  /** Root folders given by --root, relative to base; empty = find them. */
  roots: string[];
  workspace: string;
  env: Record<string, string | undefined>;
  progress: (message: string) => void;
  /** Which side of a plan is meant: the state it starts from, what it makes of it (default), or what the code had made at the last apply. */
  plan?: PlanSide;
}

/** What a reader returns for one input (a Terraform root, a plan, a dump, a file). Streams: one per yield. */
export interface ReadResult {
  /** Reader name, also `SourceRef.source`. */
  source: string;
  /** Root folder or file, relative to base. */
  input: string;
  status: 'read' | 'partial' | 'recognised-not-read' | 'failed' | 'skipped';
  resources: RawResource[];
  problems: Problem[];
  /** Layers this source cannot hold (scp, rcp, resource-policies, login-profiles, …). */
  missing: string[];
  /** Account the whole input belongs to, where the source says so. */
  account?: string;
}

/** A reader of one source: recognises files among all that discovery found, and reads them. One folder under collectors/read. */
export interface Reader {
  name: string;
  /** For the README and `overreach --help`. */
  says: string;
  /** Groups of files (inputs) it can read. Cheap: by name first, by a look at the head only where needed. Claims files so that others leave them. */
  recognise(files: readonly InputFile[], options: ReadOptions): Promise<InputGroup[]>;
  read(group: InputGroup, options: ReadOptions): AsyncIterable<ReadResult>;
}

export interface InputGroup { input: string; files: InputFile[]; reader: string; detail?: Record<string, unknown> }

/** What mapping functions emit. Ids of ends come from `ctx`; `source` defaults to the resource's block. */
export interface NodeDraft {
  kind: NodeKind;
  /** Native id; default: the resource's own (several nodes of one resource add `#suffix`). */
  nativeId?: string;
  type?: string;
  name?: string;
  tags?: Record<string, string>;
  completeness?: NodeRecord['completeness'];
  sources?: SourceRef[];
  props?: Record<string, unknown>;
}

export interface EdgeDraft {
  kind: EdgeKind;
  from: string;
  to: string;
  discriminator?: string;
  verdict?: Verdict;
  requires?: string[];
  evidence?: Evidence[];
  props?: Record<string, unknown>;
}

/**
 * The world a mapping function sees: it emits nodes and edges and resolves values to other nodes.
 * It never sees a file format, and no mapping branches on where the resource came from.
 */
export interface MapContext {
  /** Adds a node and returns its id. The first node of a resource is its main node: references to the resource mean it. */
  node(r: Resource, draft: NodeDraft): string;
  edge(draft: EdgeDraft): void;
  /**
   * Node id that a property value names: an ARN, a name, an id, or a reference hole. `types` restricts to canonical types (`AWS::IAM::Role`).
   * Nothing in the input → a placeholder node of `kind` with completeness none when `kind` is given, else undefined.
   * Several candidates or an undecided value → undefined, and a note in coverage.
   */
  resolve(value: Value | undefined, types: readonly string[], placeholder?: { kind: NodeKind; type: string }): string | undefined;
  /** The resource behind a value, for reading its properties. */
  resource(value: Value | undefined, types: readonly string[]): Resource | undefined;
  /** All resources of a canonical type in the same scope. */
  all(type: string): readonly Resource[];
  /** Source of a property, by JSON pointer; falls back to the block. */
  source(r: Resource, pointer?: string): SourceRef | undefined;
  evidence(r: Resource, pointer?: string, text?: string): Evidence[];
  /** Id of the scope (account) node of a resource. */
  scopeOf(r: Resource): string;
  /** Account id of a resource: its number, or the hole that stands for it in every text of the input. */
  account(r: Resource): string;
  /** Native id under which nodes of a resource stand: its ARN when fully known, else where it is declared. */
  nativeId(r: Resource): string;
  /** Native id of something a resource speaks of that is no resource of the input. */
  declared(r: Resource, label: string): string;
  /** A node that belongs to no resource of the input (a provider's own policy, a population): no scope, `nativeId` required. Never the main node. */
  shared(r: Resource, draft: NodeDraft & { nativeId: string }): string;
  /** Adds properties to a node that stands already: lists join (sorted, unique), other values only where there is none yet. */
  amend(id: string, props: Record<string, unknown>): void;
  /** Keyed hash of a literal secret: the only form in which its value may leave a mapping (architecture §6 law 7). */
  keyedHash(literal: string): string;
  note(p: Problem): void;
}

/** The meaning of a resource type: called once per resource of `type`. One entry in its service file. */
export interface ResourceMapping {
  type: string;
  map(r: Resource, ctx: MapContext): void;
}
export const mapping = (type: string, map: ResourceMapping['map']): ResourceMapping => ({ type, map });
