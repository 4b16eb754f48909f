/** How much of a schedule rests on modelled times, in words. */
import { doubtfulTime, modelledTimesInWords } from '#shared/domain/time-origins.ts';
import { countOf, listed } from '#shared/domain/words.ts';
import type { Schedule } from './schedule-of.ts';

/** "2 of 32 layers of ResNet-18 have modelled times on Cortex-A76; 2 of the 32 tasks here rest on them", or undefined where all times are stated. */
export function modelledTasksInWords({ problem, assignment }: Schedule): string | undefined {
  const sentences = modelledTimesInWords(problem.scenario);
  if (sentences.length === 0) return undefined;
  const { platform, applications } = problem.scenario;
  const resting = problem.tasks.filter((task) => {
    const { network } = applications[task.application];
    const processor = platform.processors[problem.pes[assignment.peOfTask[task.index]].processor];
    return doubtfulTime(network, network.layers[task.layer], processor) === 'modelled';
  }).length;
  const share =
    resting === 0
      ? 'no task of this schedule rests on them'
      : `${resting} of the ${countOf(problem.tasks.length, 'task')} of this schedule ${resting === 1 ? 'rests' : 'rest'} on them`;
  return `${listed(sentences)}; ${share}`;
}
