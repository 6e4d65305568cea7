import { describe, expect, it } from 'vitest';
import { scan } from './graph.ts';

const role = (name: string) => `resource "aws_iam_role" "${name}" {
  name               = "${name}"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "bedrock-agentcore.amazonaws.com" } }] })
}
`;

describe('AgentCore interpreter, browser and memory', () => {
  it('an interpreter runs code beside its role in every network mode', async () => {
    const g = await scan(`${role('ci')}
resource "aws_bedrockagentcore_code_interpreter" "i" {
  name               = "i"
  execution_role_arn = aws_iam_role.ci.arn
  network_configuration {
    network_mode = "SANDBOX"
  }
}
resource "aws_bedrockagentcore_browser" "b" {
  name = "b"
  network_configuration {
    network_mode = "PUBLIC"
  }
}
resource "aws_bedrockagentcore_memory" "m" {
  name                  = "m"
  event_expiry_duration = 30
}
resource "aws_bedrockagentcore_memory_strategy" "s" {
  memory_id  = aws_bedrockagentcore_memory.m.id
  name       = "s"
  type       = "SEMANTIC"
  namespaces = ["facts"]
}
`);
    const tool = g.one('aws.bedrockagentcore.codeinterpretercustom');
    const [box] = g.edges('EXECUTES_IN', tool).map((e) => g.node(e.to));
    expect(box!.props).toMatchObject({ computeType: 'microvm', egress: 'limited', metadataService: 'open' });
    expect(g.edges('RUNS_AS', box).map((e) => [g.node(e.to).name, e.props['for']])).toEqual([['ci', 'code']]);
    expect(g.one('aws.bedrockagentcore.browsercustom').props).toMatchObject({ toolClass: 'browser', egress: true });
    expect(g.one('aws.bedrockagentcore.memory').props).toMatchObject({ storeType: 'agent_memory', memoryScope: 'shared' });
  });

  it('memory whose namespaces name the actor is not shared', async () => {
    const g = await scan('resource "aws_bedrockagentcore_memory" "m" {\n  name = "m"\n}\nresource "aws_bedrockagentcore_memory_strategy" "s" {\n  memory_id = aws_bedrockagentcore_memory.m.id\n  name = "s"\n  type = "SEMANTIC"\n  namespaces = ["facts/{actorId}"]\n}\n');
    expect(g.one('aws.bedrockagentcore.memory').props['memoryScope']).toBe('actor');
  });
});
