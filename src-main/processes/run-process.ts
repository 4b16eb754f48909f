/** Entry of a run process. */
import { serveRun } from './serve-run.ts';

serveRun();
