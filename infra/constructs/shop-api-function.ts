import { CfnParameter, Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { MYSQL_PORT } from '../../src/config/network-flows.ts';
import { grant } from '../grant.ts';
import { platformOf } from '../platform-stack.ts';
import { KeptLogs } from './kept-logs.ts';
import { SHOP_USER } from './shop-login.ts';
import { WorkloadRole } from './workload-role.ts';

/** The stack's parameter for the image, where the settings name none; `dp deploy` fills it in. */
export const IMAGE_DIGEST_PARAMETER = 'ImageDigest';

export interface ShopApiFunctionProps {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  readonly group: ec2.ISecurityGroup;
  /** Host of the proxy, or of Aurora. */
  readonly databaseHost: string;
  /** The right to log in, which the database's stack owns. */
  readonly login: iam.IManagedPolicy;
}

/** The Shop API: one container image, named by its digest so that what was tested is what runs. */
export class ShopApiFunction extends Construct {
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: ShopApiFunctionProps) {
    super(scope, id);
    const { names, settings } = platformOf(this);
    const logs = new KeptLogs(this, 'logs', { name: names.logs.api });
    const { role } = new WorkloadRole(this, 'identity', { workload: 'shop-api', service: 'lambda' });
    logs.grantWrite(role);
    grantNetworkInterfaces(role);
    role.addManagedPolicy(props.login);
    const { api, database } = settings;
    this.function = new lambda.DockerImageFunction(this, 'function', {
      functionName: names.shopApi,
      description: 'Shop API',
      code: new PinnedImage(this.#imageUri(api.imageDigest ?? this.#digestParameter())),
      architecture: lambda.Architecture.X86_64,
      role: role.withoutPolicyUpdates(),
      logGroup: logs.group,
      memorySize: api.memoryMb,
      timeout: Duration.seconds(api.timeoutSeconds),
      ...(api.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: api.reservedConcurrency }),
      vpc: props.vpc,
      vpcSubnets: props.subnets,
      // It needs no way to the internet: its one peer is the database, and the login token is signed locally.
      allowPublicSubnet: true,
      securityGroups: [props.group],
      environment: {
        DATABASE_HOST: props.databaseHost,
        DATABASE_PORT: String(MYSQL_PORT),
        DATABASE_NAME: database.name,
        DATABASE_USER: SHOP_USER,
        DATABASE_LOGIN: 'iam',
      },
    });
    this.function.node.addDependency(role);
  }

  /** By name: the repository is in a stack of its own, made before. */
  #imageUri(digest: string): string {
    const { account, region, urlSuffix, names } = platformOf(this);
    return `${account}.dkr.ecr.${region}.${urlSuffix}/${names.repository}@${digest}`;
  }

  #digestParameter(): string {
    return new CfnParameter(platformOf(this), IMAGE_DIGEST_PARAMETER, {
      type: 'String',
      description: 'Digest of the Shop API image: dp image push writes it, dp deploy reads it',
      allowedPattern: '^sha256:[0-9a-f]{64}$',
      constraintDescription: 'must be sha256: and 64 hex digits; build and push with dp image',
    }).valueAsString;
  }
}

/** `repository@sha256:…`. CDK's own class takes a digest only when it is known at synth. */
class PinnedImage extends lambda.DockerImageCode {
  readonly #uri: string;

  constructor(uri: string) {
    super();
    this.#uri = uri;
  }

  override _bind(): lambda.Code {
    const imageUri = this.#uri;
    return new (class extends lambda.Code {
      readonly isInline = false;
      override bind(): lambda.CodeConfig {
        return { image: { imageUri } };
      }
    })();
  }
}

/** What Lambda needs to place a function into subnets. EC2 lets none of it be narrowed to one interface. */
function grantNetworkInterfaces(role: iam.Role): void {
  const { names } = platformOf(role);
  const actions = [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const because = 'Lambda makes its network interfaces itself; their ids do not exist before.';
  grant(role, { actions, resources: ['*'], because });
  // The service needs them, the code inside never does: only calls of the code say from which function they come.
  role.addToPolicy(
    new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      actions,
      resources: ['*'],
      conditions: {
        ArnEquals: {
          'lambda:SourceFunctionArn': platformOf(role).arnOf('lambda', `function:${names.shopApi}`),
        },
      },
    }),
  );
}
