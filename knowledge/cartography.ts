/**
 * What Cartography (cartography-cncf/cartography, schema of August 2026) calls the things and relations of ours that it also has.
 * Its labels before the common `AWS` prefix (`S3Bucket`, `DynamoDBTable`, …) are still written by it and asked by many; both are given.
 */
export const CARTOGRAPHY_LABELS: Readonly<Record<string, readonly string[]>> = {
  'aws.account': ['AWSAccount'],
  'aws.organizations.account': ['AWSAccount'],
  'aws.iam.role': ['AWSRole', 'AWSPrincipal'],
  'aws.iam.servicelinkedrole': ['AWSRole', 'AWSPrincipal'],
  'aws.iam.user': ['AWSUser', 'AWSPrincipal'],
  'aws.iam.group': ['AWSGroup', 'AWSPrincipal'],
  'aws.iam.managedpolicy': ['AWSManagedPolicy', 'AWSPolicy'],
  'aws.iam.policy': ['AWSInlinePolicy', 'AWSPolicy'],
  'aws.iam.rolepolicy': ['AWSInlinePolicy', 'AWSPolicy'],
  'aws.iam.userpolicy': ['AWSInlinePolicy', 'AWSPolicy'],
  'aws.iam.grouppolicy': ['AWSInlinePolicy', 'AWSPolicy'],
  'aws.iam.accesskey': ['AWSAccountAccessKey', 'AccountAccessKey'],
  'aws.iam.instanceprofile': ['AWSInstanceProfile'],
  'aws.iam.samlprovider': ['AWSSAMLProvider'],
  'aws.s3.bucket': ['AWSS3Bucket', 'S3Bucket'],
  'aws.dynamodb.table': ['AWSDynamoDBTable', 'DynamoDBTable'],
  'aws.rds.dbinstance': ['AWSRDSInstance', 'RDSInstance'],
  'aws.rds.dbcluster': ['AWSRDSCluster', 'RDSCluster'],
  'aws.redshift.cluster': ['AWSRedshiftCluster', 'RedshiftCluster'],
  'aws.secretsmanager.secret': ['AWSSecretsManagerSecret', 'SecretsManagerSecret'],
  'aws.ssm.parameter': ['AWSSSMParameter', 'SSMParameter'],
  'aws.kms.key': ['AWSKMSKey', 'KMSKey'],
  'aws.lambda.function': ['AWSLambda'],
  'aws.ec2.instance': ['AWSEC2Instance', 'EC2Instance'],
  'aws.ec2.vpc': ['AWSVpc'],
  'aws.ec2.subnet': ['AWSEC2Subnet', 'EC2Subnet'],
  'aws.ec2.securitygroup': ['AWSEC2SecurityGroup', 'EC2SecurityGroup'],
  'aws.ecs.service': ['AWSECSService', 'ECSService'],
  'aws.ecs.taskdefinition': ['AWSECSTaskDefinition', 'ECSTaskDefinition'],
  'aws.eks.cluster': ['AWSEKSCluster', 'EKSCluster'],
  'aws.ecr.repository': ['AWSECRRepository', 'ECRRepository'],
  'aws.sqs.queue': ['AWSSQSQueue', 'SQSQueue'],
  'aws.sns.topic': ['AWSSNSTopic', 'SNSTopic'],
  'aws.codebuild.project': ['AWSCodeBuildProject', 'CodeBuildProject'],
  'aws.cognito.userpool': ['AWSCognitoUserPool', 'CognitoUserPool'],
  'aws.cognito.identitypool': ['AWSCognitoIdentityPool', 'CognitoIdentityPool'],
  'aws.events.rule': ['AWSEventBridgeRule', 'EventBridgeRule'],
  'aws.apigateway.restapi': ['AWSAPIGatewayRestAPI', 'APIGatewayRestAPI'],
  'aws.apigatewayv2.api': ['AWSAPIGatewayV2API', 'APIGatewayV2API'],
  'aws.bedrock.agent': ['AWSBedrockAgent'],
  'aws.bedrock.knowledgebase': ['AWSBedrockKnowledgeBase'],
  'aws.bedrock.guardrail': ['AWSBedrockGuardrail'],
  'aws.sagemaker.notebookinstance': ['AWSSageMakerNotebookInstance'],
};

/** Relations that Cartography has under its own name, by how ours ends: kind and, for permissions, effect and type of the target. */
export const CARTOGRAPHY_ASSUME = 'STS_ASSUMEROLE_ALLOW';
export const CARTOGRAPHY_PERMISSIONS: readonly { effect: string; target: string; relation: string }[] = [
  { effect: 'read', target: 'aws.s3.bucket', relation: 'CAN_READ' },
  { effect: 'write', target: 'aws.s3.bucket', relation: 'CAN_WRITE' },
  { effect: 'read', target: 'aws.dynamodb.table', relation: 'CAN_QUERY' },
  { effect: 'write', target: 'aws.dynamodb.table', relation: 'CAN_WRITE' },
  { effect: 'read', target: 'aws.secretsmanager.secret', relation: 'GET_SECRET' },
];
