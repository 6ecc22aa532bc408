import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isAllowed, type RequestContext, statementsOf } from './model/iam.ts';
import { ACCOUNT, environmentUnderTest } from './model/synthesized.ts';

const REGION = 'ap-northeast-1';
const OWN = 'staging-data-pipeline-sample';
const LAKE = 'staging_data_pipeline_sample';
const bucket = (name: string, key = '') => `arn:aws:s3:::${OWN}-${name}-${ACCOUNT}${key}`;
const here = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const SECRET = here('secretsmanager', `secret:${OWN}-etl-reader-login-AbCdEf`);
const MASTER = here('secretsmanager', 'secret:rds!cluster-1234-AbCdEf');
const KEY = here('kms', 'key/datakeyF9711107');
const THROUGH_S3 = {
  'kms:viaservice': `s3.${REGION}.amazonaws.com`,
  'kms:resourcealiases': `alias/${OWN}-data`,
};
const PREFERENCES = here('ssm', 'document/SSM-SessionManagerRunShell');
const IN_REGION = { 'aws:requestedregion': REGION };
// IAM puts the caller's id in the place of the variable; the evaluator compares it as it is written.
const OWN_SESSION = here('ssm', `session/\${aws:userid}-0a1`);
const NAMED_BASTION = { 'ssm:resourcetag/name': `${OWN}-bastion` };

type Row = readonly [
  who: string,
  may: 'may' | 'may not',
  action: string,
  on: string,
  context?: RequestContext,
];

/** Roles of workloads and policies of people, and what each can do with what. */
const TABLE: readonly Row[] = [
  ['database-crawler', 'may', 'glue:GetConnection', here('glue', `connection/${OWN}-aurora`)],
  ['database-crawler', 'may', 'secretsmanager:GetSecretValue', SECRET],
  ['database-crawler', 'may', 'glue:CreateTable', here('glue', `table/${LAKE}_source/orders`)],
  [
    'database-crawler',
    'may',
    's3:GetObject',
    bucket('glue-scripts', '/drivers/mysql-connector-j-8.0.33.jar'),
  ],
  ['database-crawler', 'may not', 's3:GetObject', bucket('glue-scripts', '/releases/x/glue/job.py')],
  ['database-crawler', 'may not', 's3:PutObject', bucket('etl-output', '/lake/orders/x')],
  ['database-crawler', 'may not', 'glue:UpdateTable', here('glue', `table/${LAKE}_lake/orders`)],
  ['database-crawler', 'may not', 'glue:DeleteTable', here('glue', `table/${LAKE}_source/orders`)],
  ['database-crawler', 'may not', 'secretsmanager:GetSecretValue', MASTER],
  ['landing-crawler', 'may', 's3:GetObject', bucket('etl-output', '/landing/orders/x.parquet')],
  ['landing-crawler', 'may', 'glue:CreateTable', here('glue', `table/${LAKE}_raw/orders`)],
  ['landing-crawler', 'may', 'kms:Decrypt', KEY],
  ['landing-crawler', 'may not', 's3:GetObject', bucket('etl-output', '/lake/orders/x.parquet')],
  ['landing-crawler', 'may not', 's3:PutObject', bucket('etl-output', '/landing/orders/x.parquet')],
  ['landing-crawler', 'may not', 'secretsmanager:GetSecretValue', SECRET],
  ['landing-crawler', 'may not', 'glue:UpdateTable', here('glue', `table/${LAKE}_lake/orders`)],
  ['daily-job', 'may', 'secretsmanager:GetSecretValue', SECRET],
  ['daily-job', 'may', 's3:GetObject', bucket('glue-scripts', '/releases/x/glue/job.py')],
  ['daily-job', 'may', 's3:PutObject', bucket('etl-output', '/lake/orders/run/dt=2026-11-22/part-0.parquet')],
  ['daily-job', 'may', 'glue:UpdatePartition', here('glue', `table/${LAKE}_lake/orders`)],
  ['daily-job', 'may', 'glue:GetTables', here('glue', `table/${LAKE}_source/orders`)],
  ['daily-job', 'may', 'kms:GenerateDataKey', KEY],
  ['daily-job', 'may', 'logs:PutLogEvents', here('logs', 'log-group:/aws-glue/jobs/x:log-stream:y')],
  ['daily-job', 'may not', 's3:PutObject', bucket('glue-scripts', '/releases/x/glue/job.py')],
  ['daily-job', 'may not', 's3:GetObject', bucket('athena-results', '/results/x.csv')],
  ['daily-job', 'may not', 'glue:DeleteTable', here('glue', `table/${LAKE}_lake/orders`)],
  ['daily-job', 'may not', 'glue:StartJobRun', here('glue', `job/${OWN}-daily`)],
  ['daily-job', 'may not', 'secretsmanager:PutSecretValue', SECRET],
  ['daily-job', 'may not', 'secretsmanager:GetSecretValue', MASTER],
  ['scheduler', 'may', 'glue:StartJobRun', here('glue', `job/${OWN}-daily`)],
  ['scheduler', 'may', 'sqs:SendMessage', here('sqs', `${OWN}-dead-letters`)],
  ['scheduler', 'may not', 'glue:StartJobRun', here('glue', 'job/another')],
  ['scheduler', 'may not', 'sqs:ReceiveMessage', here('sqs', `${OWN}-dead-letters`)],
  ['shop-api', 'may', 'rds-db:connect', here('rds-db', 'dbuser:prx-RESOURCEID/shop_api')],
  [
    'shop-api',
    'may',
    'logs:PutLogEvents',
    here('logs', `log-group:/aws/lambda/${OWN}-shop-api:log-stream:x`),
  ],
  ['shop-api', 'may', 'ec2:CreateNetworkInterface', here('ec2', 'network-interface/*')],
  [
    'shop-api',
    'may not',
    'ec2:CreateNetworkInterface',
    here('ec2', 'network-interface/*'),
    { 'lambda:sourcefunctionarn': here('lambda', `function:${OWN}-shop-api`) },
  ],
  ['shop-api', 'may not', 'rds-db:connect', here('rds-db', 'dbuser:prx-RESOURCEID/admin')],
  ['shop-api', 'may not', 'rds-db:connect', here('rds-db', 'dbuser:cluster-RESOURCEID/shop_api')],
  ['shop-api', 'may not', 'secretsmanager:GetSecretValue', SECRET],
  ['shop-api', 'may not', 's3:GetObject', bucket('etl-output', '/lake/orders/x')],
  ['shop-api-login', 'may', 'rds-db:connect', here('rds-db', 'dbuser:prx-RESOURCEID/shop_api')],
  ['shop-api-login', 'may not', 'rds-db:connect', here('rds-db', 'dbuser:prx-RESOURCEID/etl_reader')],
  ['proxy', 'may', 'rds-db:connect', here('rds-db', 'dbuser:cluster-RESOURCEID/shop_api')],
  ['proxy', 'may not', 'rds-db:connect', here('rds-db', 'dbuser:cluster-RESOURCEID/admin')],
  ['bastion', 'may', 'ssmmessages:OpenDataChannel', '*'],
  ['bastion', 'may', 'ssm:UpdateInstanceInformation', here('ec2', 'instance/i-1')],
  ['bastion', 'may not', 'ssm:GetParameter', here('ssm', 'parameter/anything')],
  ['bastion', 'may not', 's3:GetObject', bucket('etl-output', '/lake/orders/x')],
  ['bastion', 'may not', 'secretsmanager:GetSecretValue', SECRET],
  ['job-files', 'may', 's3:PutObject', bucket('glue-scripts', '/releases/x/glue/job.py')],
  ['job-files', 'may not', 's3:PutObject', bucket('glue-scripts', '/drivers/mysql-connector-j-8.0.33.jar')],
  ['job-files', 'may not', 's3:PutObject', bucket('etl-output', '/lake/orders/x')],

  ['analyst', 'may', 'athena:StartQueryExecution', here('athena', `workgroup/${OWN}-workgroup`)],
  ['analyst', 'may', 'glue:GetTable', here('glue', `table/${LAKE}_lake/orders`)],
  ['analyst', 'may', 's3:GetObject', bucket('etl-output', '/lake/orders/x.parquet')],
  ['analyst', 'may', 's3:PutObject', bucket('athena-results', '/results/x.csv')],
  ['analyst', 'may', 'kms:Decrypt', KEY, THROUGH_S3],
  ['analyst', 'may not', 'kms:Decrypt', KEY],
  ['analyst', 'may not', 'kms:Decrypt', KEY, { ...THROUGH_S3, 'kms:resourcealiases': 'alias/other' }],
  ['analyst', 'may not', 'athena:StartQueryExecution', here('athena', 'workgroup/primary')],
  ['analyst', 'may not', 's3:PutObject', bucket('etl-output', '/lake/orders/x.parquet')],
  ['analyst', 'may not', 's3:GetObject', bucket('glue-scripts', '/releases/x/glue/job.py')],
  ['analyst', 'may not', 'glue:UpdateTable', here('glue', `table/${LAKE}_lake/orders`)],
  ['analyst', 'may not', 'glue:GetTable', here('glue', 'table/production_data_pipeline_sample_lake/orders')],
  ['analyst', 'may not', 'ssm:StartSession', here('ec2', 'instance/i-1'), NAMED_BASTION],
  ['analyst', 'may not', 'secretsmanager:GetSecretValue', SECRET],

  ['operator', 'may', 'athena:StartQueryExecution', here('athena', `workgroup/${OWN}-workgroup`)],
  ['operator', 'may', 'glue:StartJobRun', here('glue', `job/${OWN}-daily`)],
  ['operator', 'may', 'glue:StartCrawler', here('glue', `crawler/${OWN}-aurora`)],
  ['operator', 'may', 'glue:UpdatePartition', here('glue', `table/${LAKE}_lake/orders`)],
  [
    'operator',
    'may',
    'scheduler:UpdateSchedule',
    here('scheduler', `schedule/${OWN}-schedules/${OWN}-daily`),
  ],
  [
    'operator',
    'may',
    'iam:PassRole',
    `arn:aws:iam::${ACCOUNT}:role/${OWN}-scheduler`,
    { 'iam:passedtoservice': 'scheduler.amazonaws.com' },
  ],
  ['operator', 'may', 'ssm:StartSession', here('ec2', 'instance/i-1'), NAMED_BASTION],
  [
    'operator',
    'may',
    'ssm:StartSession',
    `arn:aws:ssm:${REGION}::document/AWS-StartPortForwardingSessionToRemoteHost`,
  ],
  ['operator', 'may', 'ssmmessages:OpenDataChannel', OWN_SESSION],
  ['operator', 'may', 'ssm:TerminateSession', OWN_SESSION],
  ['operator', 'may', 'ssm:GetDocument', PREFERENCES],
  ['operator', 'may', 'ssm:DescribeSessions', '*', IN_REGION],
  ['operator', 'may', 'rds:DescribeDBProxies', '*', IN_REGION],
  ['operator', 'may', 'rds-db:connect', here('rds-db', 'dbuser:cluster-X/shop_api')],
  ['operator', 'may not', 'ssmmessages:OpenDataChannel', here('ssm', 'session/somebody-else-0a1')],
  ['operator', 'may not', 'ssm:TerminateSession', here('ssm', 'session/somebody-else-0a1')],
  ['operator', 'may not', 'ssm:GetDocument', here('ssm', 'document/another')],
  ['operator', 'may not', 'ssm:DescribeSessions', '*', { 'aws:requestedregion': 'us-east-1' }],
  ['operator', 'may', 'secretsmanager:RotateSecret', SECRET],
  ['operator', 'may', 'secretsmanager:CancelRotateSecret', SECRET],
  ['operator', 'may', 'lambda:InvokeFunction', here('lambda', `function:${OWN}-etl-reader-rotation`)],
  ['operator', 'may', 'lambda:GetFunctionConfiguration', here('lambda', `function:${OWN}-shop-api`)],
  ['operator', 'may', 'glue:TestConnection', here('glue', `connection/${OWN}-aurora`)],
  ['operator', 'may not', 'lambda:InvokeFunction', here('lambda', `function:${OWN}-shop-api`)],
  ['operator', 'may not', 'secretsmanager:RotateSecret', MASTER],
  ['operator', 'may', 'logs:FilterLogEvents', here('logs', `log-group:/aws/lambda/${OWN}-shop-api:*`)],
  ['operator', 'may', 'execute-api:Invoke', here('execute-api', 'abc123/$default/GET/products')],
  [
    'operator',
    'may not',
    'ssm:StartSession',
    here('ec2', 'instance/i-2'),
    { 'ssm:resourcetag/name': 'other' },
  ],
  ['operator', 'may not', 'ssm:StartSession', `arn:aws:ssm:${REGION}::document/AWS-RunShellScript`],
  ['operator', 'may not', 'ssm:SendCommand', here('ec2', 'instance/i-1'), NAMED_BASTION],
  ['operator', 'may not', 'secretsmanager:GetSecretValue', MASTER],
  ['operator', 'may not', 'secretsmanager:DeleteSecret', SECRET],
  ['operator', 'may not', 'glue:StartJobRun', here('glue', 'job/production-data-pipeline-sample-daily')],
  ['operator', 'may not', 'iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/${OWN}-daily-job`],
  ['operator', 'may not', 'rds-db:connect', here('rds-db', 'dbuser:cluster-X/admin')],
  ['operator', 'may not', 'cloudformation:DeleteStack', here('cloudformation', `stack/${OWN}-network/x`)],

  [
    'deployer',
    'may',
    'sts:AssumeRole',
    `arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-deploy-role-${ACCOUNT}-${REGION}`,
  ],
  ['deployer', 'may', 'cloudformation:GetTemplate', here('cloudformation', `stack/${OWN}-network/x`)],
  ['deployer', 'may not', 'cloudformation:GetTemplate', here('cloudformation', 'stack/production-x/x')],
  ['deployer', 'may', 'ecr:PutImage', here('ecr', `repository/${OWN}-shop-api`)],
  ['deployer', 'may', 'rds-data:ExecuteStatement', here('rds', `cluster:${OWN}-database`)],
  [
    'deployer',
    'may',
    'secretsmanager:GetSecretValue',
    MASTER,
    { 'aws:resourcetag/aws:rds:primarydbclusterarn': here('rds', `cluster:${OWN}-database`) },
  ],
  ['deployer', 'may', 'ssm:StartSession', here('ec2', 'instance/i-1'), NAMED_BASTION],
  ['deployer', 'may', 'ssmmessages:OpenDataChannel', OWN_SESSION],
  ['deployer', 'may', 'rds:DescribeDBClusters', '*', IN_REGION],
  ['deployer', 'may not', 'ssm:StartSession', here('ec2', 'instance/i-1')],
  ['deployer', 'may not', 'rds-db:connect', here('rds-db', 'dbuser:cluster-X/shop_api')],
  ['analyst', 'may not', 'ssmmessages:OpenDataChannel', OWN_SESSION],
  ['deployer', 'may', 's3:PutObject', bucket('glue-scripts', '/drivers/mysql-connector-j-8.0.33.jar')],
  ['deployer', 'may not', 'secretsmanager:GetSecretValue', MASTER],
  ['deployer', 'may not', 'sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/Administrator`],
  ['deployer', 'may not', 's3:GetObject', bucket('etl-output', '/lake/orders/x')],
  ['deployer', 'may', 's3:PutObject', bucket('etl-output', '/journal/2026-11-24-id/begin.json')],
  ['deployer', 'may not', 's3:PutObject', bucket('etl-output', '/lake/orders/x')],
  ['operator', 'may', 's3:GetObject', bucket('etl-output', '/journal/2026-11-24-id/begin.json')],
  ['operator', 'may', 'budgets:ViewBudget', `arn:aws:budgets::${ACCOUNT}:budget/${OWN}-month`],
  ['operator', 'may not', 'budgets:ModifyBudget', `arn:aws:budgets::${ACCOUNT}:budget/${OWN}-month`],
  ['analyst', 'may not', 's3:PutObject', bucket('etl-output', '/journal/2026-11-24-id/begin.json')],
  ['deployer', 'may not', 'glue:StartJobRun', here('glue', `job/${OWN}-daily`)],
  ['deployer', 'may not', 'rds:DeleteDBCluster', here('rds', `cluster:${OWN}-database`)],
];

describe('who may do what, by the policies of the templates', () => {
  for (const [who, may, action, on, context] of TABLE) {
    const when = context === undefined ? '' : ` (${Object.values(context).join(', ')})`;
    test(`${who} ${may} ${action} on ${on.split(':').slice(5).join(':')}${when}`, () => {
      const { model } = environmentUnderTest('staging');
      const statements = statementsOf(model, `${OWN}-${who}`);
      assert.ok(statements.length > 0, `${who} has no policy at all`);
      const request = { action, resource: on, ...(context === undefined ? {} : { context }) };
      assert.equal(isAllowed(statements, request), may === 'may');
    });
  }

  test('an operator may start the function that the strategy has, and not the other', () => {
    const functions = ['etl-reader-rotation', 'etl-reader-turns'];
    for (const [environment, its] of [
      ['staging', 'etl-reader-rotation'],
      ['alternating', 'etl-reader-turns'],
    ] as const) {
      const statements = statementsOf(environmentUnderTest(environment).model, `${OWN}-operator`);
      const allowed = functions.filter((name) =>
        isAllowed(statements, {
          action: 'lambda:InvokeFunction',
          resource: here('lambda', `function:${OWN}-${name}`),
        }),
      );
      assert.deepEqual(allowed, [its]);
    }
  });

  test('the table asks about every role and policy, in both ways', () => {
    const { model } = environmentUnderTest('staging');
    // RDS, backups and flow logs act by AWS's own rules; their roles are checked by the guards.
    const apart = new Set(['flow-log', 'backup']);
    const roles = model.all('AWS::IAM::Role').map((role) => String(role.properties.RoleName));
    const policies = model
      .all('AWS::IAM::ManagedPolicy')
      .map((one) => String(one.properties.ManagedPolicyName));
    for (const name of [...roles, ...policies].map((full) => full.slice(OWN.length + 1))) {
      if (apart.has(name)) continue;
      assert.ok(
        TABLE.some(([who, may]) => who === name && may === 'may'),
        `nothing says what ${name} may do`,
      );
      assert.ok(
        TABLE.some(([who, may]) => who === name && may === 'may not'),
        `nothing says what ${name} may not do`,
      );
    }
  });
});

describe('the evaluator', () => {
  const allow = { Effect: 'Allow', Action: 's3:Get*', Resource: 'arn:aws:s3:::a/*' };

  test('a denial wins over a permission', () => {
    const deny = { Effect: 'Deny', Action: 's3:GetObject', Resource: '*' };
    const request = { action: 's3:GetObject', resource: 'arn:aws:s3:::a/b' };
    assert.equal(isAllowed([allow], request), true);
    assert.equal(isAllowed([allow, deny], request), false);
  });

  test('a condition on a key that the request lacks does not hold', () => {
    const conditional = { ...allow, Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } } };
    const request = { action: 's3:GetObject', resource: 'arn:aws:s3:::a/b' };
    assert.equal(isAllowed([conditional], request), false);
    assert.equal(isAllowed([conditional], { ...request, context: { 'aws:sourceaccount': ACCOUNT } }), true);
  });

  test('an unknown condition is an error, not a yes', () => {
    const conditional = { ...allow, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } };
    assert.throws(
      () => isAllowed([conditional], { action: 's3:GetObject', resource: 'arn:aws:s3:::a/b' }),
      /IpAddress/,
    );
  });
});
