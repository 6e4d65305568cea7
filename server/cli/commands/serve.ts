import type { CliCommand } from '../command.ts';
import { repeated } from '../option-values.ts';
import { storeOf, storePlace } from '../store.ts';
import { serveUntilStopped } from '../serving.ts';

export const command: CliCommand = {
  name: 'serve',
  define: (c) => c.description('serve GraphQL over the last complete run; settings by flag, environment (OVERREACH_PORT, …) or file')
    .option('--config <file>', 'settings as YAML or JSON, named as the flags: host, port, ingestRoot, …')
    .option('--store <where>', 'file of the embedded store, or neo4j:// / bolt:// address (default: .overreach/graph.db)')
    .option('--host <address>', 'address to bind (default: 127.0.0.1); any other than loopback demands an access token')
    .option('--port <number>', 'port, 0 = any free one (default: 4310)')
    .option('--auth <mode>', 'auto, token or none (default: auto = token as soon as the store holds one)')
    .option('--requests-per-minute <n>', 'of one caller (default: 6000)')
    .option('--ingest-root <folder>', 'folder below which the ingest mutation may read paths (default: none)')
    .option('--spool <folder>', 'where uploads wait (default: a private folder for temporary files)')
    .option('--upload-limit <size>', 'of one upload (default: 1GB)')
    .option('--keep-runs <n>', 'complete runs kept in the store (default: 10)')
    .option('--lease-seconds <n>', 'after which another replica takes over from one that went away (default: 60)')
    .option('--rules <folder>', 'own rules, techniques and words for what the service loads and analyses (repeatable)', repeated)
    .option('--oidc-issuer <url>', 'also accept signed tokens of this OpenID issuer; the other oidc settings by file or environment')
    .option('--oidc-audience <name>', 'that such tokens must be meant for')
    .option('--no-introspection', 'answer no introspection queries'),
  async run(cli, _, o) {
    const { serveConfig } = await import('../../service/config.ts');
    const config = serveConfig(o, cli.env, cli.cwd);
    const store = await storeOf(cli, { store: config.store }, config.ingestRoot === undefined);
    return serveUntilStopped(cli, store, storePlace(cli, { store: config.store }), config);
  },
};
