import type { Value } from '../../schema/index.ts';

/**
 * What sessions of people who did not sign in are kept to when an identity pool hands them out itself (Amazon Cognito developer guide, IAM roles,
 * enhanced flow). The published policy AmazonCognitoUnAuthedIdentitiesSessionPolicy stands beside it; either is enough for an action.
 */
const SERVICES = ['cloudwatch', 'logs', 'dynamodb', 'kinesis', 'mobileanalytics', 's3', 'ses', 'sns', 'sqs', 'lambda', 'machinelearning', 'execute-api', 'iot', 'gamelift', 'cognito-identity', 'cognito-idp', 'lex', 'polly', 'comprehend', 'translate', 'transcribe', 'rekognition', 'mobiletargeting', 'firehose', 'appsync', 'personalize', 'cognito-sync', 'codewhisperer', 'sdb'];

export const GUESTS: Value = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: [...SERVICES.map((s) => `${s}:*`), 'sagemaker:InvokeEndpoint', 'textract:DetectDocumentText', 'textract:AnalyzeDocument'], Resource: '*' }] };
export const GUESTS_MANAGED = 'arn:aws:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy';
