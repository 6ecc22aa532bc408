import { platformNames } from '../config/platform-names.ts';
import type { Settings } from '../config/settings.ts';
import type { ShopApi } from '../platform/shop-api.ts';
import type { AwsClients } from './aws-clients.ts';
import { describeStack } from './describe-stacks.ts';
import { settingsOnAws } from './open-deploy.ts';
import { openAwsShopApi } from './shop-api.ts';

/** The Shop API of the chosen environment; its address is looked up when it is first called. */
export function openShopApiOf(settings: Settings, clients: AwsClients): ShopApi {
  const platform = settingsOnAws(settings);
  return openAwsShopApi(
    { environment: settings.environment, region: platform.region },
    {
      findUrl: async () => {
        const stack = await describeStack(platformNames(platform).stack('api'), clients);
        return stack?.outputs.ApiUrl;
      },
      credentials: clients.signIn.credentials,
    },
  );
}
