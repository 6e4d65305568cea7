import { GraphQLID, GraphQLNonNull, type GraphQLFieldConfigMap } from 'graphql';
import { watchJob } from '../../service/watch.ts';
import type { ApiContext } from '../context.ts';
import { JobType } from './changes.ts';

export const progressFields = (): GraphQLFieldConfigMap<unknown, ApiContext> => ({
  runProgress: {
    type: new GraphQLNonNull(JobType),
    description: 'The states of a job as they change, the present one first, until it ends. Over Server-Sent Events at POST /graphql/stream (graphql-sse, distinct connections); polling `job(id)` tells the same.',
    args: { runId: { type: new GraphQLNonNull(GraphQLID), description: 'Id of a job, or of the run it makes or analyses.' } },
    subscribe: async (_, { runId }, ctx) => {
      const states = watchJob(ctx.service, String(runId), () => ctx.service.tokens.stillGood(ctx.caller));
      // Asked for at once, so that an unknown id is an error of the request and not of the stream.
      const first = await states.next();
      return (async function* () {
        try {
          if (!first.done) yield first.value;
          yield* states;
        } finally {
          await states.return();
        }
      })();
    },
    resolve: (job) => job,
  },
});
