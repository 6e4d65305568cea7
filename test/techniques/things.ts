import type { Value } from '../../schema/index.ts';
import { arn, type Account } from './account.ts';

/** How each thing of the vocabulary looks in Terraform (in CloudFormation where Terraform has no such type), running as a role where it has one. */
export const THING_SOURCE: Record<string, (a: Account, name: string, role: string | undefined) => void> = {
  function: (a, name, role) => void a.add('aws_lambda_function', name, { function_name: name, runtime: 'python3.12', handler: 'a.b', package_type: 'Zip', ...r('role', role) }),
  stack: (a, name, role) => void a.add('aws_cloudformation_stack', name, { name, template_body: '{"Resources":{}}', ...r('iam_role_arn', role) }),
  stackset: (a, name, role) => void a.add('aws_cloudformation_stack_set', name, { name, permission_model: 'SELF_MANAGED', execution_role_name: 'execution', ...r('administration_role_arn', role) }),
  'build-project': (a, name, role) => void a.add('aws_codebuild_project', name, { name, source: [{ type: 'NO_SOURCE' }], environment: [{ type: 'LINUX_CONTAINER', image: 'aws/codebuild/standard:7.0', compute_type: 'BUILD_GENERAL1_SMALL' }], ...r('service_role', role) }),
  'delivery-pipeline': (a, name, role) => void a.add('aws_codepipeline', name, { name, stage: [], artifact_store: [{ location: 'artifacts', type: 'S3' }], ...r('role_arn', role) }),
  instance: (a, name, role) => {
    if (role) a.add('aws_iam_instance_profile', `${name}-profile`, { name: `${name}-profile`, role });
    a.add('aws_instance', name, { ami: 'ami-00000000000000002', instance_type: 't3.micro', tags: { Name: name }, ...(role ? { iam_instance_profile: `${name}-profile` } : {}) });
  },
  'launch-template': (a, name, role) => {
    if (role) a.add('aws_iam_instance_profile', `${name}-profile`, { name: `${name}-profile`, role });
    a.add('aws_launch_template', name, { name, image_id: 'ami-00000000000000003', ...(role ? { iam_instance_profile: [{ name: `${name}-profile` }] } : {}) });
  },
  'ecs-cluster': (a, name) => void a.add('aws_ecs_cluster', name, { name }),
  'ecs-service': (a, name) => void a.add('aws_ecs_service', name, { name, cluster: 'cluster', task_definition: 'definition' }),
  'task-definition': (a, name, role) => void a.add('aws_ecs_task_definition', name, { family: name, container_definitions: '[]', ...r('task_role_arn', role) }),
  'batch-definition': (a, name, role) => void a.add('aws_batch_job_definition', name, { name, type: 'container', container_properties: JSON.stringify({ image: 'x', ...(role ? { jobRoleArn: arn('role', role) } : {}) }) }),
  'batch-queue': (a, name) => void a.add('aws_batch_job_queue', name, { name, state: 'ENABLED', priority: 1 }),
  'glue-job': (a, name, role) => void a.add('aws_glue_job', name, { name, command: [{ name: 'glueetl', script_location: 's3://scripts/job.py' }], ...r('role_arn', role) }),
  'glue-session': (a, name, role) => void a.add('AWS::Glue::Session', name, { Id: name, Command: { Name: 'glueetl' }, ...r('Role', role) }),
  'dev-endpoint': (a, name, role) => void a.add('aws_glue_dev_endpoint', name, { name, ...r('role_arn', role) }),
  notebook: (a, name, role) => void a.add('aws_sagemaker_notebook_instance', name, { name, instance_type: 'ml.t3.medium', ...r('role_arn', role) }),
  'studio-profile': (a, name, role) => void a.add('aws_sagemaker_user_profile', name, { user_profile_name: name, domain_id: 'd-1', user_settings: [{ ...r('execution_role', role) }] }),
  'apprunner-service': (a, name, role) => void a.add('aws_apprunner_service', name, { service_name: name, source_configuration: [{ image_repository: [{ image_identifier: 'public.ecr.aws/nginx/nginx:latest', image_repository_type: 'ECR_PUBLIC' }] }], instance_configuration: [{ ...r('instance_role_arn', role) }] }),
  'emr-cluster': (a, name, role) => {
    if (role) a.add('aws_iam_instance_profile', `${name}-profile`, { name: `${name}-profile`, role });
    a.add('aws_emr_cluster', name, { name, release_label: 'emr-7.0.0', service_role: 'x', ec2_attributes: [{ ...(role ? { instance_profile: `${name}-profile` } : {}) }] });
  },
  'state-machine': (a, name, role) => void a.add('aws_sfn_state_machine', name, { name, definition: '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}', ...r('role_arn', role) }),
  schedule: (a, name) => void a.add('aws_scheduler_schedule', name, { name, schedule_expression: 'rate(1 hour)' }),
  'permission-set': (a, name) => void a.add('aws_ssoadmin_permission_set', name, { name, instance_arn: 'arn:aws:sso:::instance/ssoins-1', arn: `arn:aws:sso:::permissionSet/ssoins-1/ps-${name}` }),
  'eks-cluster': (a, name) => void a.add('aws_eks_cluster', name, { name, vpc_config: [{ subnet_ids: [] }] }),
  'event-source': (a, name) => void a.add('aws_sqs_queue', name, { name }),
  'code-interpreter': (a, name, role) => void a.add('aws_bedrockagentcore_code_interpreter', name, { name, network_configuration: [{ network_mode: 'PUBLIC' }], ...r('execution_role_arn', role) }),
  runtime: (a, name, role) => void a.add('aws_bedrockagentcore_agent_runtime', name, { agent_runtime_name: name, network_configuration: [{ network_mode: 'PUBLIC' }], agent_runtime_artifact: [{ container_configuration: [{ container_uri: 'x:1' }] }], ...r('role_arn', role) }),
  gateway: (a, name, role) => void a.add('aws_bedrockagentcore_gateway', name, { name, authorizer_type: 'AWS_IAM', protocol_type: 'MCP', ...r('role_arn', role) }),
  memory: (a, name) => void a.add('aws_bedrockagentcore_memory', name, { name, event_expiry_duration: 30 }),
  agent: (a, name) => {
    a.add('aws_bedrockagent_agent', name, { agent_name: name, agent_id: `ID${name.toUpperCase()}`, foundation_model: 'anthropic.claude', agent_resource_role_arn: arn('role', 'agent-role') });
    a.add('aws_bedrockagent_agent_action_group', name, { action_group_name: name, agent_id: `ID${name.toUpperCase()}`, agent_version: 'DRAFT', action_group_executor: [{ lambda: `arn:aws:lambda:us-east-1:111122223333:function:function` }] });
  },
  flow: (a, name) => void a.add('aws_bedrockagent_flow', name, { name, execution_role_arn: arn('role', 'flow-role') }),
  prompt: (a, name) => void a.add('aws_bedrockagent_prompt', name, { name }),
  guardrail: (a, name) => void a.add('aws_bedrock_guardrail', name, { name, blocked_input_messaging: 'no', blocked_outputs_messaging: 'no' }),
  'knowledge-base': (a, name) => void a.add('aws_bedrockagent_knowledge_base', name, { name, role_arn: arn('role', 'kb-role'), knowledge_base_configuration: [{ type: 'VECTOR' }] }),
};

const r = (property: string, role: string | undefined): { [k: string]: Value } => (role ? { [property]: arn('role', role) } : {});
