import type { Span } from '../syntax/source.ts';

/** An expression that has no value: what `try` and `can` look for. Located where it was met. */
export class EvaluationFailure extends Error {
  readonly code: 'unresolved' | 'unknown-function' | 'outside-root' | 'limit' | 'unreadable' | 'too-large';
  span: Span | undefined;
  constructor(message: string, code: EvaluationFailure['code'] = 'unresolved', span?: Span) {
    super(message);
    this.code = code;
    this.span = span;
  }
}

export const fail = (message: string, code?: EvaluationFailure['code']): never => {
  throw new EvaluationFailure(message, code);
};
