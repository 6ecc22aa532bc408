import { type App, CfnOutput } from 'aws-cdk-lib';
import type { PlatformSettings } from '../../src/config/platform-settings.ts';
import { CustomDomain } from '../constructs/custom-domain.ts';
import { HttpDoor } from '../constructs/http-door.ts';
import { ShopApiFunction } from '../constructs/shop-api-function.ts';
import { PlatformStack } from '../platform-stack.ts';
import type { DatabaseStack } from './database-stack.ts';
import type { NetworkStack } from './network-stack.ts';
import type { RegistryStack } from './registry-stack.ts';

export interface ApiStackNeeds {
  readonly network: NetworkStack;
  readonly registry: RegistryStack;
  readonly database: DatabaseStack;
}

/** The Shop API as its clients see it: function, HTTP API and, where there is one, its domain. */
export class ApiStack extends PlatformStack {
  readonly door: HttpDoor;

  constructor(app: App, settings: PlatformSettings, on: ApiStackNeeds) {
    super(app, 'api', settings);
    // The image and the right to log in are named, not referenced; CloudFormation cannot see that they come first.
    this.addStackDependency(on.registry);
    this.addStackDependency(on.database);
    const { database, network } = on;
    const shop = new ShopApiFunction(this, 'shop', {
      vpc: network.vpc,
      subnets: network.workloads,
      group: network.groups.use(this, 'lambda'),
      databaseHost: database.shopEndpoint,
      login: database.shopLogin.use(this),
    });
    this.door = new HttpDoor(this, 'http', { function: shop.function });
    const { domain } = settings.api;
    if (domain !== undefined) {
      new CustomDomain(this, 'domain', { domain, api: this.door.api, stage: this.door.stage });
    }
    new CfnOutput(this, 'ApiUrl', { value: this.door.url });
    new CfnOutput(this, 'FunctionName', { value: shop.function.functionName });
  }
}
