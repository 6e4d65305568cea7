import type { Format } from '../formats.ts';

export const format: Format = { name: 'json', says: 'the whole AnalysisResult (schema/generated/result.schema.json)', render: (r) => JSON.stringify(r, null, 2) + '\n' };
