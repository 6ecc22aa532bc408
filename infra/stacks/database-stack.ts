import { type App, CfnOutput } from 'aws-cdk-lib';
import type { PlatformSettings } from '../../src/config/platform-settings.ts';
import { AuroraCluster } from '../constructs/aurora-cluster.ts';
import { ReaderSecret } from '../constructs/reader-secret.ts';
import { ShopLogin } from '../constructs/shop-login.ts';
import { ShopProxy } from '../constructs/shop-proxy.ts';
import { PlatformStack } from '../platform-stack.ts';
import type { NetworkStack } from './network-stack.ts';
import type { StorageStack } from './storage-stack.ts';

/** Aurora, the proxy in front of it where the settings have one, and the login for reading. */
export class DatabaseStack extends PlatformStack {
  readonly aurora: AuroraCluster;
  readonly proxy: ShopProxy | undefined;
  readonly shopLogin: ShopLogin;
  readonly readerSecret: ReaderSecret;

  constructor(
    app: App,
    settings: PlatformSettings,
    on: { readonly network: NetworkStack; readonly storage: StorageStack },
  ) {
    super(app, 'database', settings);
    const { vpc, workloads: subnets, groups } = on.network;
    this.aurora = new AuroraCluster(this, 'aurora', {
      vpc,
      subnets,
      group: groups.use(this, 'database'),
      key: on.storage.key.key,
    });
    const { cluster } = this.aurora;
    if (settings.database.proxy) {
      this.proxy = new ShopProxy(this, 'shop', { vpc, subnets, group: groups.use(this, 'proxy'), cluster });
    }
    this.shopLogin = new ShopLogin(this, 'shop-login', {
      resourceId: this.proxy?.resourceId ?? cluster.clusterResourceIdentifier,
    });
    this.readerSecret = new ReaderSecret(this, 'reader', {
      cluster,
      vpc,
      subnets,
      group: groups.use(this, 'rotation'),
    });
    this.#output();
  }

  /** Where the Shop API finds its database: the proxy, or Aurora itself. */
  get shopEndpoint(): string {
    return this.proxy?.proxy.endpoint ?? this.aurora.cluster.clusterEndpoint.hostname;
  }

  #output(): void {
    const { cluster } = this.aurora;
    const outputs: Record<string, string> = {
      ClusterArn: cluster.clusterArn,
      ClusterEndpoint: cluster.clusterEndpoint.hostname,
      ClusterResourceId: cluster.clusterResourceIdentifier,
      MasterSecretArn: cluster.secret?.secretArn ?? '',
      ReaderSecretArn: this.readerSecret.secret.secretArn,
      ShopEndpoint: this.shopEndpoint,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
