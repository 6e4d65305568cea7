import type { Format } from '../formats.ts';
import { mermaid } from '../text/mermaid.ts';

export const format: Format = { name: 'mermaid', says: 'the worst path as a Mermaid flowchart', render: (r) => (r.findings[0] ? mermaid(r.findings[0].path) + '\n' : 'flowchart LR\n') };
