import { z } from 'zod';
import { defineEdge, NODE_KINDS, shapes } from '../define.ts';

export const derivedEdges = [
  defineEdge('CAN', 'the identity may do that to it: by full policy evaluation, or stated where no policy can be read', [[['Identity'], NODE_KINDS]], { effects: shapes.effects, actions: shapes.strings }, 'both'),
  defineEdge('CAN_ASSUME', 'may obtain its session', [[['Identity'], ['Identity']]], { via: z.string(), sets: shapes.sets }, 'yes'),
  defineEdge('CAN_ESCALATE', 'one technique of knowledge/techniques', [[['Identity'], ['Identity', 'Scope', 'Compute', 'Pipeline', 'Agent', 'ToolServer', 'DataStore', 'Artifact', 'Control', 'Endpoint']]], {
    technique: z.string(),
    through: shapes.strings.describe('ids of the things it goes through'),
    permissions: shapes.strings,
    gives: z.enum(['identity', 'admin', 'exec', 'config', 'content']).describe('what the attacker has at the far end afterwards'),
    sets: shapes.sets,
  }, 'yes'),
  defineEdge('REACHES', 'packets get there; acceptance is decided per entry class', [[['Endpoint', 'Compute', 'Scope'], ['Endpoint', 'Channel']]], { from: z.enum(['internet', 'partner', 'private']) }, 'yes'),
];
