/** How the times of networks reach on a platform, and what is to be said of them, as it crosses the boundary. */
import { z } from 'zod';
import type { DocumentEntry } from './document-shapes.ts';
import type { TimeKeyHolder } from '../domain/time-keys.ts';
import type { TimeRemark, TimeRemedy } from '../domain/time-remarks.ts';

const text = z.string();
const timeRemedySchema: z.ZodType<TimeRemedy> = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['costModel', 'ownKey', 'supportedOps']), text, /** Its id. */ processor: z.string() }),
  z.object({ kind: z.enum(['enterTimes', 'sayWhose', 'completeLayers']), text }),
  z.object({ kind: z.literal('takeTimes'), text, /** Id of the platform that has them. */ from: z.string() }),
]);

export const timeRemarkSchema: z.ZodType<TimeRemark> = z.object({
  kind: z.enum(['foreign', 'unclear', 'none']),
  network: z.string(),
  platform: z.string(),
  message: z.string(),
  remedies: z.array(timeRemedySchema),
});

/** How far the times of one network of the library reach on a platform. */
export const networkCoverageSchema = z.object({
  /** Id of the network. */
  network: z.string(),
  layers: z.number(),
  timed: z.number(),
  modelled: z.number(),
  nowhere: z.number(),
  /** By processor, in the platform's order. */
  processors: z.array(
    z.object({
      processor: z.string(),
      timed: z.number(),
      modelled: z.number(),
      untimed: z.number(),
      /** Names of the platforms that the stated times are, or may be, of; empty: they are its own. */
      owners: z.array(z.string()),
    }),
  ),
  remarks: z.array(timeRemarkSchema),
  /** Why it cannot run, where it cannot. */
  problem: z.object({ message: z.string(), remedies: z.array(timeRemedySchema) }).optional(),
  /** Other platforms that it has times for, by id and name. */
  otherPlatforms: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type NetworkCoverage = z.output<typeof networkCoverageSchema>;

/** The platforms among `entries` of the library with the keys of their processors' times. */
export function timeKeyHoldersOf(entries: readonly DocumentEntry[]): TimeKeyHolder[] {
  return entries.flatMap(({ summary, facts }) =>
    facts?.kind !== 'platform'
      ? []
      : [
          {
            id: summary.id,
            name: summary.name,
            isPreset: summary.origin === 'preset',
            processors: facts.processors.map(({ id, name, kind, timeKey, sharesTimesWith }) => ({
              id,
              name,
              kind,
              key: timeKey,
              sharesTimesWith,
            })),
          },
        ],
  );
}
