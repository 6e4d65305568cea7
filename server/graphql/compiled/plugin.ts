import type { ApolloServerPlugin, GraphQLResponse } from '@apollo/server';
import { HeaderMap } from '@apollo/server';
import type { DocumentNode, FormattedExecutionResult, OperationDefinitionNode } from 'graphql';
import type { ApiContext } from '../context.ts';
import { compile, type Compiled } from './compile.ts';

const texts = new WeakMap<object, string>();

/** The text made by the plugin as it is; anything else as Apollo would write it. */
export function stringifyResult(value: FormattedExecutionResult): string {
  const text = value.data ? texts.get(value.data) : undefined;
  return text === undefined ? `${JSON.stringify(value)}\n` : `{"data":${text}}\n`;
}

/**
 * Answers queries by functions compiled from their document, straight to text. Whatever is not plain success (an error, a directive,
 * introspection, a mutation) is left to the stock executor, so every body is byte for byte the one it would have sent.
 */
export function compiledExecution(): ApolloServerPlugin<ApiContext> {
  const known = new WeakMap<DocumentNode, Map<OperationDefinitionNode, Compiled | undefined>>();
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ schema, document, operation, request, contextValue }) {
          // None by this name: the executor says so.
          if (!operation) return null;
          let operations = known.get(document);
          if (!operations) known.set(document, (operations = new Map()));
          if (!operations.has(operation)) operations.set(operation, compile(schema, document, operation));
          const answer = operations.get(operation);
          if (!answer) return null;
          let text: string;
          // Whatever went wrong goes wrong again in the executor, which knows how to say it.
          try { text = await answer(request.variables ?? {}, contextValue); } catch { return null; }
          const data = {};
          texts.set(data, text);
          return { http: { status: undefined, headers: new HeaderMap() }, body: { kind: 'single', singleResult: { data } } } satisfies GraphQLResponse;
        },
      };
    },
  };
}
