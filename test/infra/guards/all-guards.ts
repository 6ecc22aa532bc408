import * as data from './data-guards.ts';
import type { Guard } from './guard.ts';
import * as identity from './identity-guards.ts';
import * as network from './network-guards.ts';
import * as service from './service-guards.ts';

/** Every guard, by the sentence that it keeps true. */
export const GUARDS: Readonly<Record<string, Guard>> = {
  'a role has its policy before anything runs as it': identity.rolesHaveTheirPolicyFirst,
  'every role is used, by one service': identity.everyRoleHasOneTaker,
  'rights name their actions and resources': identity.noWildRights,
  'proxy and API log in as shop_api by IAM': identity.shopLogsInByIam,
  'the schedule starts its job and nothing else': identity.scheduleStartsOnlyItsJob,
  'buckets are private': data.bucketsArePrivate,
  'data is versioned': data.dataIsVersioned,
  'the database is closed and logs what it exports': data.databaseIsClosed,
  'the proxy takes only IAM over TLS': data.proxyTakesOnlyIam,
  'the reader secret rotates, after its user exists': data.readerSecretRotates,
  'data survives its stack': data.dataSurvives,
  'images are pinned by digest': data.imagesArePinned,
  'only declared ways are open': network.onlyDeclaredWays,
  'nothing comes in from an address': network.noOpenDoors,
  'every network interface carries its own group': network.interfacesCarryTheirGroup,
  'services are reachable inside the VPC': network.servicesAreReachableInside,
  'the connection lies in its zone and uses TLS': network.connectionZoneFits,
  'the bastion is hardened and can be found': network.bastionIsHardened,
  'alarms arrive': service.alarmsArrive,
  'the budget arrives': service.budgetArrives,
  'alarms watch metrics that are written': service.alarmsHaveAMetric,
  'ends of runs are kept and counted': service.runEventsAreKept,
  'logs have an end': service.logsHaveAnEnd,
  'the API is guarded': service.apiIsGuarded,
  'Glue is encrypted and runs what is uploaded': service.glueIsEncrypted,
  'queries are bounded': service.queriesAreBounded,
  'references lead somewhere': service.referencesLeadSomewhere,
  'names follow the rule': service.namesFollowTheRule,
};
