import { describe, expect, it } from 'vitest';
import { scan } from './graph.ts';

const role = (name: string, service: string) => `resource "aws_iam_role" "${name}" {
  name               = "${name}"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${service}" } }] })
}
`;
const network = `resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "g" {
  vpc_id = aws_vpc.v.id
}
resource "aws_subnet" "s" {
  vpc_id                  = aws_vpc.v.id
  cidr_block              = "10.0.1.0/24"
  map_public_ip_on_launch = true
}
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.v.id
}
resource "aws_route" "out" {
  route_table_id         = aws_route_table.t.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.g.id
}
resource "aws_route_table_association" "s" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.t.id
}
resource "aws_security_group" "w" {
  name   = "w"
  vpc_id = aws_vpc.v.id
}
resource "aws_vpc_security_group_ingress_rule" "w" {
  security_group_id = aws_security_group.w.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}
`;
const instance = (more: string) => `${network}${role('vm', 'ec2.amazonaws.com')}
resource "aws_iam_instance_profile" "vm" {
  name = "vm"
  role = aws_iam_role.vm.name
}
resource "aws_instance" "i" {
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.s.id
  vpc_security_group_ids = [aws_security_group.w.id]
  iam_instance_profile   = aws_iam_instance_profile.vm.name
  ${more}
}
`;

describe('EC2', () => {
  it('acts as the role of its profile, and has a public address where its subnet gives one', async () => {
    const g = await scan(instance('metadata_options {\n    http_tokens = "required"\n  }'));
    const vm = g.one('aws.ec2.instance');
    expect(vm.props).toMatchObject({ computeType: 'vm', metadataService: 'token_required' });
    const [runs] = g.edges('RUNS_AS', vm);
    expect([g.node(runs!.to).name, runs!.props['for']]).toEqual(['vm', 'code']);
    expect(runs!.evidence[0]!.source!.property ?? runs!.evidence[0]!.source!.startLine).toBeDefined();
    const address = g.one('aws.ec2.address');
    expect(g.targets('ROUTES_TO', address)).toEqual([vm.name]);
    expect(g.targets('ATTACHED_TO', address)).toEqual(expect.arrayContaining(['w']));
    expect(g.unmapped()).toEqual({});
  });

  it('a subnet routes where its table routes; rules of a group keep their own lines', async () => {
    const g = await scan(instance(''));
    const table = g.one('aws.ec2.routetable');
    expect(table.props['routes']).toEqual([{ destination: '0.0.0.0/0', target: 'internet_gateway aws_internet_gateway.g' }]);
    expect(g.edges('ATTACHED_TO', g.one('aws.ec2.subnet'), table)).toHaveLength(1);
    const group = g.one('aws.ec2.securitygroup');
    const [rule] = group.props['ingress'] as { cidrs: string[]; source: number }[];
    expect(rule!.cidrs).toEqual(['0.0.0.0/0']);
    expect(group.sources[rule!.source]!.startLine).toBe(28);
  });

  it('without a public address there is no endpoint', async () => {
    const g = await scan(instance('associate_public_ip_address = false'));
    expect(g.all('aws.ec2.address')).toEqual([]);
    expect(g.one('aws.ec2.instance').props['metadataService']).toBe('unknown');
  });

  it('finds secrets in a start-up script: literals by hash, access keys by reference', async () => {
    const g = await scan(instance(`user_data = <<-EOF
    #!/bin/bash
    echo "ec2-user:OpenSesame!1" | chpasswd
    export AWS_SECRET_ACCESS_KEY=\${aws_iam_access_key.k.secret}
    export LOG_LEVEL=debug
  EOF`) + 'resource "aws_iam_user" "u" {\n  name = "u"\n}\nresource "aws_iam_access_key" "k" {\n  user = aws_iam_user.u.name\n}\n');
    const held = g.edges('HOLDS', g.one('aws.ec2.instance')).map((e) => g.node(e.to));
    expect(held.some((n) => n.type === 'aws.iam.accesskey')).toBe(true);
    expect(held.some((n) => n.props['exposedLiteral'] === true && n.name.startsWith('password of ec2-user'))).toBe(true);
    expect(held.some((n) => n.name.includes('LOG_LEVEL'))).toBe(false);
    expect(JSON.stringify(g.batch)).not.toContain('OpenSesame');
  });

  it('takes what it does not say from its launch template', async () => {
    const g = await scan(`${role('lt', 'ec2.amazonaws.com')}
resource "aws_iam_instance_profile" "lt" {
  name = "lt"
  role = aws_iam_role.lt.name
}
resource "aws_launch_template" "t" {
  name = "t"
  iam_instance_profile {
    name = aws_iam_instance_profile.lt.name
  }
  metadata_options {
    http_tokens = "optional"
  }
}
resource "aws_autoscaling_group" "g" {
  name     = "g"
  min_size = 1
  max_size = 2
  launch_template {
    id = aws_launch_template.t.id
  }
}
`);
    const group = g.one('aws.autoscaling.autoscalinggroup');
    expect(group.props['metadataService']).toBe('open');
    expect(g.targets('RUNS_AS', group)).toEqual(['lt']);
    expect(g.targets('RUNS_AS', g.one('aws.ec2.launchtemplate'))).toEqual(['lt']);
  });
});

describe('ECS', () => {
  it('runs as the task role, never as the execution role, and holds the secrets of its containers', async () => {
    const g = await scan(`${network}${role('task', 'ecs-tasks.amazonaws.com')}${role('pull', 'ecs-tasks.amazonaws.com')}
resource "aws_secretsmanager_secret" "db" {
  name = "db"
}
resource "aws_ecs_task_definition" "t" {
  family             = "t"
  task_role_arn      = aws_iam_role.task.arn
  execution_role_arn = aws_iam_role.pull.arn
  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/acme/app@sha256:${'a'.repeat(64)}"
    portMappings = [{ containerPort = 8080 }]
    environment  = [{ name = "API_KEY", value = "k-1234567890" }, { name = "MODE", value = "live" }]
    secrets      = [{ name = "DB", valueFrom = "\${aws_secretsmanager_secret.db.arn}:password::" }]
  }])
}
resource "aws_ecs_service" "s" {
  name            = "s"
  task_definition = aws_ecs_task_definition.t.arn
  network_configuration {
    subnets          = [aws_subnet.s.id]
    security_groups  = [aws_security_group.w.id]
    assign_public_ip = true
  }
}
`);
    const s = g.one('aws.ecs.service');
    expect(g.edges('RUNS_AS', s).map((e) => [g.node(e.to).name, e.props['for']])).toEqual([['task', 'code']]);
    expect(g.targets('HOLDS', s)).toEqual(['API_KEY', 'db']);
    expect(g.node(g.edges('BUILT_FROM', s)[0]!.to).props).toMatchObject({ pinned: true, mutable: false });
    expect(g.one('aws.ecs.address').props).toMatchObject({ publicIp: true, ports: [8080] });
    expect(g.edges('RUNS_AS', g.one('aws.ecs.taskdefinition')).map((e) => [g.node(e.to).name, e.props['for']]).sort()).toEqual([['pull', 'service'], ['task', 'code']]);
  });
});

describe('EKS', () => {
  it('an access entry with the cluster admin policy is said to be one', async () => {
    const g = await scan(`${role('cp', 'eks.amazonaws.com')}${role('dev', 'ec2.amazonaws.com')}
resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = aws_iam_role.cp.arn
  vpc_config {
    subnet_ids             = []
    endpoint_public_access = true
    public_access_cidrs    = ["203.0.113.0/24"]
  }
}
resource "aws_eks_access_policy_association" "a" {
  cluster_name  = aws_eks_cluster.c.name
  principal_arn = aws_iam_role.dev.arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
  access_scope {
    type = "cluster"
  }
}
`);
    expect(g.one('aws.eks.api').props).toMatchObject({ auth: 'aws-iam', networkScope: 'unknown', cidrs: ['203.0.113.0/24'] });
    const [edge] = g.edges('HAS_POLICY', g.one('aws.iam.role', 'dev')).filter((e) => e.props['as'] === 'k8s_role');
    expect(g.node(edge!.to).props).toMatchObject({ clusterAdmin: true, cluster: 'c' });
  });
});
