export interface AwsPlace {
  readonly region: string;
  readonly profile: string | undefined;
}

/** What every SDK client is made with: the region, and the operator's profile where there is one. */
export async function awsConfiguration({ region, profile }: AwsPlace) {
  if (profile === undefined) return { region };
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  return { region, credentials: fromNodeProviderChain({ profile }) };
}
