import * as fc from 'fast-check';

// Where a run decides whether something lands, property tests ask the same questions each time; everywhere else they ask new ones.
if (process.env['CI'] === 'true') fc.configureGlobal({ seed: 20261122 });
