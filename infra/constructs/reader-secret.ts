import { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as rds from 'aws-cdk-lib/aws-rds';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { grant } from '../grant.ts';
import { platformOf } from '../platform-stack.ts';
import { KeptLogs } from './kept-logs.ts';

export const READER_USER = 'etl_reader';
const PASSWORD_CHARACTERS = 32;
/** Characters that JDBC URLs, shells or MySQL option files read as something else. */
const EXCLUDED_CHARACTERS = ' %+~`#$&*()|[]{}:;<>?!\'/@"\\,=^';

export interface ReaderSecretProps {
  readonly cluster: rds.DatabaseCluster;
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  readonly group: ec2.ISecurityGroup;
}

/**
 * The login of `etl_reader`, for crawler and job, which cannot sign in by IAM. AWS's own rotation function
 * changes it. The first rotation waits for its day, because `dp db init` must create the user before. Where two users
 * take turns, the function makes the second, and may read the master's secret for that.
 */
export class ReaderSecret extends Construct {
  readonly secret: secrets.ISecret;

  constructor(scope: Construct, id: string, props: ReaderSecretProps) {
    super(scope, id);
    const { names, settings } = platformOf(this);
    const { rotationStrategy: strategy } = settings.database;
    const logs = new KeptLogs(this, 'rotation-logs', { name: names.logs.rotation(strategy) });
    const masterSecret = masterSecretOf(props.cluster);
    // The function for two users finds the master's secret here. It is named for one user as well: another text would have
    // CloudFormation make a new password, which the database does not know, whenever the strategy changes.
    const template = {
      username: READER_USER,
      dbname: settings.database.name,
      masterarn: masterSecret.secretArn,
    };
    const made = new secrets.Secret(this, 'secret', {
      secretName: names.readerSecret,
      description: 'Login of etl_reader for Glue. Rotated; never copy it.',
      generateSecretString: {
        secretStringTemplate: JSON.stringify(template),
        generateStringKey: 'password',
        passwordLength: PASSWORD_CHARACTERS,
        excludeCharacters: EXCLUDED_CHARACTERS,
      },
    });
    this.secret = made.attach(props.cluster);
    const where = {
      functionName: names.rotationFunction(strategy),
      vpc: props.vpc,
      vpcSubnets: props.subnets,
      securityGroups: [props.group],
      excludeCharacters: EXCLUDED_CHARACTERS,
    };
    const schedule = new secrets.RotationSchedule(this, 'rotation', {
      secret: this.secret,
      automaticallyAfter: Duration.days(settings.database.rotationDays),
      rotateImmediatelyOnUpdate: false,
      hostedRotation:
        strategy === 'alternating-users'
          ? secrets.HostedRotation.mysqlMultiUser({ ...where, masterSecret })
          : secrets.HostedRotation.mysqlSingleUser(where),
    });
    schedule.node.addDependency(logs);
  }

  /** Lets a workload log in as `etl_reader`. The secret is under AWS's own key, which needs no grant. */
  grantRead(role: iam.Role): void {
    grant(role, {
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      resources: [this.secret.secretArn],
    });
  }
}

function masterSecretOf({ secret }: rds.DatabaseCluster): secrets.ISecret {
  if (secret === undefined) throw new Error('bug: the cluster has no secret for its master');
  return secret;
}
