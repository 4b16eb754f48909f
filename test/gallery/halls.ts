/** All halls of the gallery, in the order in which they are walked through. */
import { chartHalls } from './charts-hall.ts';
import { componentHalls } from './components-hall.ts';
import type { Hall } from './exhibit.ts';
import { plotHalls } from './plots-hall.ts';

export const halls: readonly Hall[] = [...componentHalls, ...chartHalls, ...plotHalls];
