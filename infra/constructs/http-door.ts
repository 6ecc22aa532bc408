import * as gateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as authorizers from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as integrations from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { platformOf } from '../platform-stack.ts';
import { KeptLogs } from './kept-logs.ts';

/** The fields of one access log line, by the name they are searched by. */
const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  caller: '$context.identity.userArn',
  address: '$context.identity.sourceIp',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
};

/**
 * The HTTP API in front of the function: signed requests only, a limit on their rate, one log line each. Its
 * default address is closed as soon as it has a domain of its own.
 */
export class HttpDoor extends Construct {
  readonly api: gateway.IHttpApi;
  readonly stage: gateway.IHttpStage;
  /** Where it answers: its own domain, or API Gateway's default address. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: { readonly function: lambda.IFunction }) {
    super(scope, id);
    const { names, settings } = platformOf(this);
    const api = new gateway.HttpApi(this, 'api', {
      apiName: names.httpApi,
      createDefaultStage: false,
      disableExecuteApiEndpoint: settings.api.domain !== undefined,
      defaultAuthorizer: new authorizers.HttpIamAuthorizer(),
    });
    // CDK's own types disagree about an optional property; the class is the interface's implementation.
    this.api = api as gateway.IHttpApi;
    const { domain } = settings.api;
    this.url = domain === undefined ? api.apiEndpoint : `https://${domain.name}`;
    api.addRoutes({
      path: '/{proxy+}',
      integration: new integrations.HttpLambdaIntegration('shop', props.function, {
        payloadFormatVersion: gateway.PayloadFormatVersion.VERSION_2_0,
      }),
    });
    const logs = new KeptLogs(this, 'access-logs', { name: names.logs.apiAccess });
    this.stage = new gateway.HttpStage(this, 'stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: settings.api.requestsPerSecond, burstLimit: settings.api.burst },
    });
    const stage = this.stage.node.defaultChild as gateway.CfnStage;
    stage.accessLogSettings = {
      destinationArn: logs.group.logGroupArn,
      format: JSON.stringify(ACCESS_LOG_FIELDS),
    };
    stage.defaultRouteSettings = {
      throttlingRateLimit: settings.api.requestsPerSecond,
      throttlingBurstLimit: settings.api.burst,
      detailedMetricsEnabled: true,
    };
  }
}
