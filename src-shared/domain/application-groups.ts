/** Groups of applications that are released together, as the networks that read one sensor are (DESIGN §16): their fields, rules, and members. */
import { z } from 'zod';
import { listOf } from './bounded.ts';
import { idSchema, nonNegative, positive, report, reportDuplicateIds } from './common.ts';
import { suggest } from './errors.ts';

export const groupSchema = z.strictObject({
  id: idSchema,
  applications: listOf(idSchema, 10_000)
    .min(1)
    .describe('Ids of the applications whose instances are released together'),
  periodMs: positive.describe('Time between releases of the group, ms; in place of the period of its applications'),
  deadlineMs: positive
    .nullable()
    .default(null)
    .describe('Longest accepted time from a release to the end of its last member, ms; null: the period'),
  startTimeMs: nonNegative.default(0).describe('First release, ms; in place of the start of its applications'),
});
export type ApplicationGroup = z.output<typeof groupSchema>;

/** What a group decides of an application. */
export interface ReleaseFields {
  readonly id: string;
  readonly startTimeMs: number;
  readonly periodMs: number | null;
  readonly deadlineMs: number | null;
  readonly after?: { readonly application: string } | undefined;
}

/** Longest accepted span of a group, ms. */
export function groupDeadlineMs({ deadlineMs, periodMs }: Pick<ApplicationGroup, 'deadlineMs' | 'periodMs'>): number {
  return deadlineMs ?? periodMs;
}

/** `application` with the start, period and deadline that its group gives it; a deadline of its own stays. Itself outside groups. */
export function releasedWithGroup<Application extends ReleaseFields>(
  application: Application,
  groups: readonly ApplicationGroup[] | undefined,
): Application {
  const group = groups?.find(({ applications }) => applications.includes(application.id));
  if (group === undefined) return application;
  return {
    ...application,
    startTimeMs: group.startTimeMs,
    periodMs: group.periodMs,
    deadlineMs: application.deadlineMs ?? groupDeadlineMs(group),
  };
}

/** Reports groups whose members do not exist, are in two groups, or say something else about their releases. */
export function checkGroups(
  {
    applications,
    groups = [],
  }: { readonly applications: readonly ReleaseFields[]; readonly groups?: readonly ApplicationGroup[] | undefined },
  context: z.core.$RefinementCtx,
): void {
  reportDuplicateIds(context, groups, ['groups'], 'group');
  const ids = applications.map(({ id }) => id);
  const groupOf = new Map<string, string>();
  groups.forEach((group, index) =>
    group.applications.forEach((id, place) => {
      const at = ['groups', index, 'applications', place];
      const member = applications.findIndex((application) => application.id === id);
      if (member < 0) {
        report(context, {
          path: at,
          message: `group "${group.id}" names application "${id}", which the scenario does not have`,
          expected: 'the id of an application of the scenario',
          hint: suggest(id, ids) || 'add the application, or take it out of the group',
        });
        return;
      }
      const other = groupOf.get(id);
      if (other !== undefined)
        report(context, {
          path: at,
          message: `application "${id}" is in ${other === group.id ? `group "${other}" twice` : `the groups "${other}" and "${group.id}"`}`,
          expected: 'each application in one group at most',
          hint: 'take it out of one of them',
        });
      groupOf.set(id, group.id);
      checkMember(applications[member], member, group, context);
    }),
  );
}

/** Reports what an application says of its releases against its group. */
function checkMember(
  { id, startTimeMs, periodMs, deadlineMs, after }: ReleaseFields,
  index: number,
  group: ApplicationGroup,
  context: z.core.$RefinementCtx,
): void {
  if (after !== undefined)
    report(context, {
      path: ['applications', index, 'after'],
      message: `application "${id}" is released by the ends of "${after.application}", so it cannot be released with group "${group.id}"`,
      expected: 'an application in a group, or "after"',
      hint: 'take it out of the group, or remove after',
    });
  const refuse = (field: string, title: string, value: number, ofGroup: number, expected: string): void =>
    report(context, {
      path: ['applications', index, field],
      message: `application "${id}" has ${title} of ${value} ms, its group "${group.id}" one of ${ofGroup} ms`,
      value: String(value),
      expected,
      hint: `remove ${field} of the application: its group decides it, or take it out of the group`,
    });
  if (periodMs !== null && periodMs !== group.periodMs)
    refuse('periodMs', 'a period', periodMs, group.periodMs, `null, or ${group.periodMs}`);
  if (startTimeMs !== 0 && startTimeMs !== group.startTimeMs)
    refuse('startTimeMs', 'a start', startTimeMs, group.startTimeMs, `0, or ${group.startTimeMs}`);
  const longestMs = groupDeadlineMs(group);
  if (deadlineMs !== null && deadlineMs > longestMs)
    refuse('deadlineMs', 'a deadline', deadlineMs, longestMs, `null, or at most ${longestMs}`);
}
