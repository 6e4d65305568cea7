import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Apollo loads graphql as CommonJS: one realm for both.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    pool: 'forks',
    setupFiles: ['test/setup.ts'],
    globalSetup: ['test/helpers/neo4j/broker.ts'],
    maxWorkers: 2,
  },
});
