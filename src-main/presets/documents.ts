/** The preset documents and demos that ship with the product, as written to resources/presets. */
import type { NetworkInput } from '#shared/domain/network.ts';
import type { PlatformInput } from '#shared/domain/platform.ts';
import type { ProfileInput } from '#shared/domain/profile.ts';
import type { ScenarioInput } from '#shared/domain/scenario.ts';
import { networkDocuments } from './network-documents.ts';
import { galaxyS9 } from './platforms/exynos9810.ts';
import { hikey970 } from './platforms/kirin970.ts';
import { midapBoard } from './platforms/midap.ts';
import { publishedPlatforms } from './platforms/published.ts';
import { simplePlatforms } from './platforms/simple.ts';
import { prismNetworks, prismPlatforms, prismScenarios } from './prism.ts';
import { publishedProfiles } from './published-profiles.ts';
import { exampleScenarios } from './scenarios.ts';
import { xrScenarios } from './xr-scenarios.ts';

export { demos } from './demos.ts';

export const platforms: readonly PlatformInput[] = [
  ...simplePlatforms,
  hikey970,
  galaxyS9,
  midapBoard,
  ...publishedPlatforms,
  ...prismPlatforms,
];

export const networks: readonly NetworkInput[] = [...networkDocuments, ...prismNetworks];

export const scenarios: readonly ScenarioInput[] = [...exampleScenarios, ...xrScenarios, ...prismScenarios];

export const profiles: readonly ProfileInput[] = publishedProfiles;
