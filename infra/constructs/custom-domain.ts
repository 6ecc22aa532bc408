import * as gateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { PlatformSettings } from '../../src/config/platform-settings.ts';

export interface CustomDomainProps {
  readonly domain: NonNullable<PlatformSettings['api']['domain']>;
  readonly api: gateway.IHttpApi;
  readonly stage: gateway.IHttpStage;
}

/**
 * The API under a name of its own: a certificate that DNS proves, the name, and its addresses. The zone is taken
 * by id, so that synth asks nobody; a zone that is not delegated would make the certificate wait for hours.
 */
export class CustomDomain extends Construct {
  constructor(scope: Construct, id: string, props: CustomDomainProps) {
    super(scope, id);
    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'zone', {
      hostedZoneId: props.domain.hostedZoneId,
      zoneName: props.domain.zoneName,
    });
    const certificate = new acm.Certificate(this, 'certificate', {
      domainName: props.domain.name,
      validation: acm.CertificateValidation.fromDns(zone),
    });
    const name = new gateway.DomainName(this, 'name', {
      domainName: props.domain.name,
      certificate,
      securityPolicy: gateway.SecurityPolicy.TLS_1_2,
    });
    new gateway.ApiMapping(this, 'mapping', { api: props.api, domainName: name, stage: props.stage });
    const target = route53.RecordTarget.fromAlias(
      new targets.ApiGatewayv2DomainProperties(name.regionalDomainName, name.regionalHostedZoneId),
    );
    new route53.ARecord(this, 'address', { zone, recordName: `${props.domain.name}.`, target });
  }
}
