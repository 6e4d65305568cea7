import type { GraphSnapshot } from '../../graph/snapshot/snapshot.ts';
import type { Access } from './types.ts';
import { Compiled } from './compile/compiled.ts';

export { decideDocuments, type DocumentDecision, type DocumentRequest } from './decide-documents.ts';
export { arnMatch, globMatch, patternTokens, resourceMatch, textTokens } from './match/index.ts';
export { statementText } from './document.ts';
export { Compiled } from './compile/compiled.ts';
export { without } from './compile/without.ts';
export type { Access, Because, Decision, Grant, Outcome, Position, Request } from './types.ts';
export { verdictOf } from './types.ts';

/** Compiles the permissions of a whole snapshot; identities are evaluated when they are asked for. */
export const compileAccess = (snapshot: GraphSnapshot): Access => Compiled.of(snapshot);
