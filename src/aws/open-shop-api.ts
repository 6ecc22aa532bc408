import { platformNames } from '../config/platform-names.ts';
import type { Settings } from '../config/settings.ts';
import type { ShopApi } from '../platform/shop-api.ts';
import { describeStack } from './describe-stacks.ts';
import { settingsOnAws } from './open-deploy.ts';
import { openAwsShopApi } from './shop-api.ts';

/** The Shop API of the chosen environment; its address is looked up when it is first called. */
export function openShopApiOf(settings: Settings): ShopApi {
  const platform = settingsOnAws(settings);
  const signIn = { region: platform.region, profile: settings.profile };
  return openAwsShopApi(
    { environment: settings.environment, region: platform.region },
    {
      findUrl: async () => {
        const stack = await describeStack(platformNames(platform).stack('api'), signIn);
        return stack?.outputs.ApiUrl;
      },
      credentials: async () => {
        const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
        return fromNodeProviderChain(signIn.profile === undefined ? {} : { profile: signIn.profile })();
      },
    },
  );
}
