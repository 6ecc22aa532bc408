import { Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { PlatformSettings } from '../../src/config/platform-settings.ts';
import { platformOf } from '../platform-stack.ts';

/** The VPC with exactly the address ranges of the settings, and the free gateway endpoint to S3. */
export class PlatformVpc extends Construct {
  readonly vpc: ec2.IVpc;
  /** Where database, API, Glue and bastion live: isolated subnets where the settings have them, else public ones. */
  readonly workloads: ec2.SubnetSelection;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { settings, names } = platformOf(this);
    const isPrivate = settings.network.privateSubnets;
    const vpc = new ec2.Vpc(this, 'vpc', {
      vpcName: names.vpc,
      ipAddresses: new FixedAddresses(settings),
      availabilityZones: settings.network.availabilityZones,
      natGateways: 0,
      // Nothing uses the default group (a test counts), so it needs no function with rights to empty it.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
        ...(isPrivate ? [{ name: 'private', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] : []),
      ],
      gatewayEndpoints: { s3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    });
    // CDK's own types disagree about an optional property; the class is the interface's implementation.
    this.vpc = vpc as ec2.IVpc;
    this.workloads = {
      subnetType: isPrivate ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PUBLIC,
    };
    nameSubnets(vpc.publicSubnets, `${names.vpc}-public`);
    nameSubnets(vpc.isolatedSubnets, `${names.vpc}-private`);
  }
}

/** CDK's own allocation starts at the first address of the VPC; the drawing does not. */
class FixedAddresses implements ec2.IIpAddresses {
  readonly #network: PlatformSettings['network'];

  constructor(settings: PlatformSettings) {
    this.#network = settings.network;
  }

  allocateVpcCidr(): ec2.VpcIpamOptions {
    return { cidrBlock: this.#network.cidr };
  }

  allocateSubnetsCidr(input: ec2.AllocateCidrRequest): ec2.SubnetIpamOptions {
    const ranges = [...this.#network.publicSubnets, ...this.#network.privateSubnetRanges];
    return {
      allocatedSubnets: input.requestedSubnets.map((_, index) => ({ cidr: ranges[index] ?? '' })),
    };
  }
}

function nameSubnets(subnets: readonly ec2.ISubnet[], name: string): void {
  for (const [index, subnet] of subnets.entries()) Tags.of(subnet).add('Name', `${name}-${index + 1}`);
}
